-- title: Which lines arrived in the lake that are no rows?
-- answers: One row a line, the latest first: the object in which it arrived and which line of it, what is
--   wrong with it, and the SHA-256 of the line, by which repeated ones are known. Nothing of what stood in it.
-- workgroup: auditing
-- param from date default today-30 example 2026-09-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts
-- param code text default '' example column-missing: of this code alone

SELECT at, source, line, code, digest
FROM errors
WHERE day BETWEEN :from AND :to
  AND (:code = '' OR code = :code)
ORDER BY at DESC, source, line
