// Reads a JSON list of SQL texts from standard input and writes a JSON list: for each text what Trino's
// grammar finds wrong in it, [] for nothing. The first argument is the folder of the node modules.
import { createRequire, registerHooks } from 'node:module';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// The parser is published for bundlers: its modules import each other by names without an ending.
registerHooks({
  resolve(name, context, next) {
    if (name.startsWith('.') && context.parentURL?.startsWith('file:')) {
      const path = join(dirname(fileURLToPath(context.parentURL)), name);
      for (const file of [path, `${path}.js`, join(path, 'index.js')]) {
        if (existsSync(file) && statSync(file).isFile()) {
          return { url: pathToFileURL(file).href, format: file.endsWith('.js') ? undefined : null, shortCircuit: true };
        }
      }
    }
    return next(name, context);
  },
});

const require = createRequire(join(process.argv[2], 'from-here.js'));
const { TrinoSQL } = require('dt-sql-parser/dist/parser/trino/index.js');
const parser = new TrinoSQL();
const texts = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify(texts.map((text) => parser.validate(text).map(({ message }) => message))));
