"""What keeps every call on this machine, whatever the person who starts the sandbox has configured.

For programs: `local_environment` makes their whole environment anew. It holds credentials that are nobody's,
endpoints on loopback, no configuration file, no profile, no proxy but one that leads nowhere. A program that
names an address of AWS itself is sent to that proxy, where nobody listens. For this process: `Local` makes
clients that take no setting from the environment or a file, and refuse to send to another host.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.configprovider import SectionConfigProvider

# No AWS account has this number. The emulator takes an access key of twelve digits for the account.
ACCOUNT = "000000000000"
SECRET = "sandbox"  # noqa: S105  # opens nothing
# tcpmux, which nothing serves: a connection is refused at once.
NOWHERE = "http://127.0.0.1:1"

# A call that is not answered fails after 35 s at most: two attempts of these, and a pause between.
CONNECTING_SECONDS = 2.0
READING_SECONDS = 15.0
ATTEMPTS = 2

# An allow-list: what is not named here does not pass, AWS_PROFILE and HTTPS_PROXY included.
_INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TERM", "TZ")


class NotLocalError(RuntimeError):
    """A call would have left this machine; the text says where to."""


def local_environment(
    inherited: Mapping[str, str], *, endpoint: str, region: str, home: Path, sesv2: str | None = None
) -> dict[str, str]:
    """The environment of a program that may reach `endpoint` and nothing else of AWS.

    sesv2: where SESv2 is served, since the emulator's cannot send mail; without it such calls fail.
    home: a folder for what programs keep of themselves. Raises `NotLocalError` for an endpoint elsewhere.
    """
    sesv2 = sesv2 or NOWHERE
    for url in (endpoint, sesv2):
        require_loopback(url)
    proxies = {
        name: NOWHERE
        for scheme in ("http_proxy", "https_proxy", "all_proxy")
        for name in (scheme, scheme.upper())
    }
    direct = dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost,::1")
    return {
        **{name: inherited[name] for name in _INHERITED if name in inherited},
        **proxies,
        **direct,
        "HOME": str(home),
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ENDPOINT_URL_SESV2": sesv2,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def require_loopback(url: str) -> None:
    """Raises `NotLocalError` unless the URL has an address of this machine's loopback; no name counts."""
    host = urlsplit(url).hostname or ""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise NotLocalError(f"{host or url} is not on this machine")


@dataclass(frozen=True, slots=True)
class Local:
    """Clients of the emulator for this process."""

    endpoint: str
    region: str

    def client(self, service: str) -> Any:
        """A boto3 client that sends to the emulator only. SES is not there: see `sandbox.ses`."""
        require_loopback(self.endpoint)
        if service in ("ses", "sesv2"):
            raise NotLocalError("the emulator's SES is never asked")
        connect: Any = boto3.Session(
            botocore_session=_session()
        ).client  # too many overloads for a plain name
        return connect(
            service,
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key=SECRET,
            config=Config(
                proxies={},
                connect_timeout=CONNECTING_SECONDS,
                read_timeout=READING_SECONDS,
                retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
                s3={"addressing_style": "path"},
            ),
        )


def _session() -> botocore.session.Session:
    """One for which the person's variables and files do not count, not even to fail on."""
    defaults = botocore.session.Session.SESSION_VARIABLES
    # Each is (name in the configuration file, variables of the environment, default, conversion).
    unset = {name: (None, None, default, convert) for name, (_, _, default, convert) in defaults.items()}
    no_files = dict.fromkeys(("config_file", "credentials_file"), (None, None, "/dev/null", None))
    session = botocore.session.Session(session_vars={**unset, **no_files})
    # S3 has variables of its own, which no session variable names.
    session.get_component("config_store").set_config_provider("s3", SectionConfigProvider("s3", session))
    session.register("before-send", _stay)
    return session


def _stay(**told: Any) -> None:
    # S3's redirects to another region would be followed to a real endpoint.
    require_loopback(str(told["request"].url))
