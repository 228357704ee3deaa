"""The local S3: s3proxy over files, in a java process of its own, and its bucket."""

import os
import shutil
from pathlib import Path

from dev.stack.services import ServiceError
from dev.stack.services.process import Service
from dev.stack.services.state import ROOT, State, write_private

BUCKET = "edtech-events"
ACCESS_KEY_ID = "local"
REGION = "us-east-1"
SOURCES = ROOT / "dev" / "stack" / "s3"


class S3:
    """The local S3 of one state directory."""

    def __init__(self, state: State) -> None:
        self.directory = state.s3
        self.service = Service("s3", state.directory)

    def configure(self, port: int, secret: str) -> bool:
        """Writes the server's settings; True when they differ from what a running one has read."""
        (self.directory / "data").mkdir(parents=True, exist_ok=True)
        path = self.directory / "s3proxy.properties"
        # Keys of a role come with a session token, in a header that it does not know.
        text = f"""s3proxy.ignore-unknown-headers=true
s3proxy.endpoint=http://127.0.0.1:{port}
s3proxy.authorization=aws-v2-or-v4
s3proxy.identity={ACCESS_KEY_ID}
s3proxy.credential={secret}
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir={self.directory / "data"}
"""
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return False
        write_private(path, text)
        return True

    def start(self) -> None:
        libraries = SOURCES / "target" / "lib"
        if not any(libraries.glob("s3proxy-*.jar")):
            raise ServiceError(
                f"no s3proxy in {libraries}; fetch it with 'mvn -f {SOURCES / 'pom.xml'} package' "
                "('make up' does that first)"
            )
        command = [
            _java(),
            "-Xmx512m",
            f"-Dlogback.configurationFile={SOURCES / 'logback.xml'}",
            "-cp",
            f"{libraries}/*",
            "org.gaul.s3proxy.Main",
            "--properties",
            str(self.directory / "s3proxy.properties"),
        ]
        self.service.start(command, dict(os.environ), self.directory)


def create_bucket(endpoint: str, secret: str) -> None:
    """Makes sure that the bucket is there. Raises ServiceError when the server does not answer."""
    # Imported here, so that `down` and `clean` work where no package is installed yet.
    import boto3
    import botocore.config
    import botocore.exceptions

    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=secret,
        config=botocore.config.Config(
            connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 1}, proxies={}
        ),
    )
    try:
        client.create_bucket(Bucket=BUCKET)
    except client.exceptions.BucketAlreadyOwnedByYou:
        pass
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        raise ServiceError(f"S3 at {endpoint}: {error}") from error


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None or not Path(java).is_file():
        raise ServiceError(
            f"no java found (JAVA_HOME is {home!r}); install a JDK 17, or set JAVA_HOME to one"
        )
    return java
