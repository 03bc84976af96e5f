"""The parts that the demo starts: AWS in this process, clamd and the daemon as processes, all in a private directory."""
import datetime
import glob
import json
import logging
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import boto3
from moto.server import ThreadedMotoServer

REGION = "eu-west-1"
ACCOUNT = "123456789012"
DELIVERED_CLAMD_CONF = pathlib.Path(__file__).parent.parent / "packaging" / "clamd.conf"
OFFICIAL_DEFINITIONS = pathlib.Path("/var/lib/clamav")
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "demo", "AWS_SECRET_ACCESS_KEY": "demo"}


class DemoError(Exception):
    """Something is not as the demo promises; the text is for the reader."""


def eicar():
    """The test virus, put together here so that no scanner finds it in this file."""
    return "-".join(["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "STANDARD", "ANTIVIRUS", "TEST", "FILE!$H+H*"]).encode()


def until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise DemoError(f"{what}: not within {seconds} seconds")
        time.sleep(0.05)
    return value


class Aws:
    """moto: S3, SQS and SNS on a free loopback port."""

    def __init__(self):
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self._server.start()
        self.endpoint = "http://%s:%d" % self._server.get_host_and_port()

    def client(self, service):
        return boto3.client(
            service, endpoint_url=self.endpoint, region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"])

    def environment(self):
        mine = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "CLAMBUCKETFLEET_"))}
        return mine | CREDENTIALS | {
            "AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true"}

    def published(self, topic):
        """Subject and text a protocol of everything the topic was given: nobody sends e-mail here, moto only keeps it."""
        from moto.sns.models import sns_backends
        for _, message, subject, _, _ in sns_backends[ACCOUNT][REGION].topics[topic].sent_notifications:
            try:
                texts = json.loads(message)
            except ValueError:
                texts = {"default": message}
            yield subject, texts if "default" in texts else {"default": message}

    def stop(self):
        self._server.stop()


class Child:
    """A process in a group of its own, so that Ctrl-C reaches only the demo and the demo ends all the others."""

    def __init__(self, command, log, **options):
        self.name, self.log = os.path.basename(command[0]), log
        with open(log, "wb") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True, **options)

    def expect_alive(self):
        if (code := self._process.poll()) is not None:
            raise DemoError(f"{self.name} ended by itself with exit code {code}")
        return True

    def stop(self, seconds=15):
        """Asks it to end, then makes it; gives its exit code."""
        try:
            self._process.terminate()
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._process.wait()


def official_definitions():
    """ClamAV's own definitions where they are there and not older than the daemon accepts."""
    for daily in glob.glob(str(OFFICIAL_DEFINITIONS / "daily.c[lv]d")):
        with open(daily, "rb") as file:
            published = file.read(512).decode("ascii", "replace").split(":")[1]
        published = datetime.datetime.strptime(published, "%d %b %Y %H-%M %z")
        age = datetime.datetime.now(datetime.timezone.utc) - published
        if glob.glob(str(OFFICIAL_DEFINITIONS / "main.c[lv]d")) and age < datetime.timedelta(days=2):
            return OFFICIAL_DEFINITIONS
    return None


def own_definitions(directory):
    """A database with one signature: the test virus."""
    directory.mkdir()
    (directory / "demo.ndb").write_text(f"Eicar-Test-Signature:0:*:{eicar().hex()}\n")
    return directory


def program(name):
    if path := shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin"):
        return path
    raise DemoError(f"{name} is not installed")


def start_clamd(directory, definitions):
    """clamd as it is delivered, but for its places and its user."""
    address, temporary = directory / "clamd.sock", directory / "clamd-tmp"
    temporary.mkdir()
    places = {"LocalSocket": address, "DatabaseDirectory": definitions, "TemporaryDirectory": temporary}
    delivered = DELIVERED_CLAMD_CONF.read_text().splitlines()
    lines = [line for line in delivered if line.split(" ")[0] not in {*places, "User"}]
    lines += [f"{name} {path}" for name, path in places.items()] + ["Foreground yes"]
    (directory / "clamd.conf").write_text("\n".join(lines) + "\n")
    clamd = Child([program("clamd"), "--config-file", str(directory / "clamd.conf")], directory / "clamd.log")

    def pongs():
        clamd.expect_alive()
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(5)
                connection.connect(str(address))
                connection.sendall(b"zPING\0")
                return connection.recv(16) == b"PONG\0"
        except OSError:
            return False

    try:
        until(pongs, 120, "clamd's first answer")
    except BaseException:
        clamd.stop()
        raise
    return clamd
