"""Shows ClamBucketFleet at work: uploads to two buckets, what became of each, and the alert that was sent.

AWS is moto's, on a loopback port; clamd, the daemon and all files are the demo's own and gone at its end.
"""
import signal

# Ctrl-C while the libraries load ends it at once: nothing is running yet.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import contextlib
import dataclasses
import io
import json
import os
import pathlib
import sys
import tempfile
import time
import zipfile

from botocore.exceptions import ClientError

import show
from parts import Aws, Child, DemoError, eicar, official_definitions, own_definitions, program, start_clamd, until

UPLOADS, ARCHIVE, QUARANTINE = "uploads", "archive", "quarantine"
CLEAN, INFECTED = "CLEAN", "INFECTED"
ENGINES, ACTIONS = ("clamd", "clamscan"), ("delete", "quarantine", "tag", "none")


@dataclasses.dataclass
class Upload:
    """An object, what is expected of it, and what came of it."""
    bucket: str
    key: str
    content: bytes
    expected: str
    version: str | None = None
    etag: str = ""
    at: float = 0
    alert: dict | None = None
    seconds: float = 0
    place: str = ""
    url: str = ""
    tags: dict | None = None

    @property
    def name(self):
        return f"{self.bucket}/{self.key}"


def zipped(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


class Demo:
    def __init__(self, stack, directory, engine, action):
        self.stack, self.directory, self.engine, self.action = stack, directory, engine, action
        self.daemon = None
        self.uploads = []

    def run(self):
        show.heading("Starting AWS (moto) and ClamAV, on this machine only")
        self.start_aws()
        settings = self.start_engine()
        show.heading("Starting the daemon")
        self.start_daemon(settings)

        show.heading("Uploading")
        virus = eicar()
        self.upload(UPLOADS, "report.txt", b"Nothing to see here.\n", CLEAN)
        self.upload(UPLOADS, "invoices/eicar.com", virus, INFECTED)
        self.upload(UPLOADS, "backup.zip", zipped("inside/eicar.com", virus), INFECTED)
        self.upload(UPLOADS, "holiday photos + 100% fun 🌴.jpg", virus, INFECTED)
        # One after the other: an event that its successor overtook is skipped, rightly.
        self.upload(ARCHIVE, "contract.pdf", b"%PDF-1.4 the good one\n", CLEAN)
        self.await_alerts()
        self.upload(ARCHIVE, "contract.pdf", virus, INFECTED)
        self.await_alerts()

        # The clean ones last: the earlier version must outlive the infected one.
        ordered = sorted(self.uploads, key=lambda upload: upload.expected == CLEAN)
        problems = [problem for upload in ordered for problem in self.inspect(upload)]
        self.print_results()
        problems += self.stop_daemon()
        if problems:
            raise DemoError("Not as promised:\n  " + "\n  ".join(problems))

    def start_aws(self):
        aws = self.aws = Aws()
        self.stack.callback(aws.stop)
        self.s3, self.sqs, self.sns = (aws.client(service) for service in ("s3", "sqs", "sns"))

        self.dead = self.queue("ScanQueue-dead")
        redrive = {"deadLetterTargetArn": self.arn(self.dead), "maxReceiveCount": 3}
        self.scans = self.queue("ScanQueue", VisibilityTimeout="120", RedrivePolicy=json.dumps(redrive))
        self.topic = self.sns.create_topic(Name="Findings")["TopicArn"]
        self.alerts = self.queue("FindingsSubscriber")
        self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=self.arn(self.alerts),
                           Attributes={"RawMessageDelivery": "true"})
        self.sns.subscribe(TopicArn=self.topic, Protocol="email", Endpoint="operator@example.com",
                           Attributes={"FilterPolicy": json.dumps({"status": [INFECTED]})})

        for bucket in (UPLOADS, ARCHIVE, QUARANTINE):
            self.s3.create_bucket(Bucket=bucket,
                                  CreateBucketConfiguration={"LocationConstraint": self.s3.meta.region_name})
        self.s3.put_bucket_versioning(Bucket=ARCHIVE, VersioningConfiguration={"Status": "Enabled"})
        for bucket in (UPLOADS, ARCHIVE):
            self.s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={
                "QueueConfigurations": [{"QueueArn": self.arn(self.scans), "Events": ["s3:ObjectCreated:*"]}]})
        show.line(f"S3      buckets {UPLOADS} (plain) and {ARCHIVE} (versioned), connected to ScanQueue")
        show.line("SNS     topic Findings, with a queue and an e-mail address subscribed")

    def queue(self, name, **attributes):
        return self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def arn(self, queue):
        attributes = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
        return attributes["QueueArn"]

    def start_engine(self):
        definitions = official_definitions()
        source = "ClamAV's own definitions" if definitions else "a definition of the demo's own"
        definitions = definitions or own_definitions(self.directory / "definitions")
        show.line(f"ClamAV  {self.engine} with {source}")
        settings = {"Engine": self.engine, "DatabaseDirectory": str(definitions)}
        if self.engine == "clamscan":
            return settings | {"ClamscanPath": program("clamscan")}
        clamd = start_clamd(self.directory, definitions)
        self.stack.callback(clamd.stop)
        return settings | {"ClamdAddress": str(self.directory / "clamd.sock")}

    def start_daemon(self, engine_settings):
        logs, spool = self.directory / "log", self.directory / "spool"
        logs.mkdir()
        spool.mkdir()
        configuration = {
            "Queue": {"Url": self.scans, "WaitTime": "1s"},
            "Scan": engine_settings | {"SpoolDirectory": str(spool)},
            "Infected": {"Action": self.action},
            # Subscribers choose with filter policies; this one wants to hear of clean objects too.
            "Alerts": {"TopicArn": self.topic, "Publish": "all"},
            "Log": {"Directory": str(logs)},
        }
        if self.action == "quarantine":
            configuration["Quarantine"] = {"Bucket": QUARANTINE, "Prefix": "infected/"}
        path = self.directory / "clambucketfleet.json"
        path.write_text(json.dumps(configuration, indent=2))

        started = time.monotonic()
        self.daemon = Child([os.environ["DAEMON"], "run", "--config", str(path)], self.directory / "daemon.out",
                            env=self.aws.environment(), cwd=self.directory)
        self.stack.callback(self.daemon.stop)
        # S3 sent each connected bucket's s3:TestEvent: once they are gone, the daemon works.
        until(self.idle, 60, "the daemon's first message")
        show.line(f"ready after {time.monotonic() - started:.1f} s, infected objects: {self.action}")

    def idle(self):
        self.daemon.expect_alive()
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        depths = self.sqs.get_queue_attributes(QueueUrl=self.scans, AttributeNames=names)["Attributes"]
        return not any(int(depth) for depth in depths.values())

    def upload(self, bucket, key, content, expected):
        put = self.s3.put_object(Bucket=bucket, Key=key, Body=content)
        upload = Upload(bucket, key, content, expected, put.get("VersionId"), put["ETag"].strip('"'), time.monotonic())
        version = f", version {upload.version[:8]}" if upload.version else ""
        show.line(f"s3://{upload.name}  ({len(content)} bytes{version})")
        self.uploads.append(upload)

    def await_alerts(self):
        def receive():
            self.daemon.expect_alive()
            answer = self.sqs.receive_message(QueueUrl=self.alerts, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            for message in answer.get("Messages", []):
                self.sqs.delete_message(QueueUrl=self.alerts, ReceiptHandle=message["ReceiptHandle"])
                self.take(json.loads(message["Body"]))
            return all(upload.alert for upload in self.uploads)

        try:
            until(receive, 45, "alerts")
        except DemoError as error:
            waiting = [f"s3://{upload.name}" for upload in self.uploads if not upload.alert]
            raise DemoError(f"{error}; still none for {', '.join(waiting)}") from None

    def take(self, alert):
        for upload in self.uploads:
            if (upload.bucket, upload.key, upload.etag) == (alert["bucket"], alert["key"], alert["eTag"].strip('"')):
                upload.seconds = upload.seconds or time.monotonic() - upload.at
                # An alert of a step that failed comes second, and is the one that counts.
                upload.alert = alert

    def tags(self, **place):
        return {tag["Key"]: tag["Value"] for tag in self.s3.get_object_tagging(**place)["TagSet"]}

    def exists(self, etag, **place):
        try:
            return self.s3.head_object(**place)["ETag"].strip('"') == etag
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return False
            raise

    def inspect(self, upload):
        """Looks where the object is now, and yields what should be otherwise."""
        name, place = f"s3://{upload.name}", {"Bucket": upload.bucket, "Key": upload.key}
        if upload.version:
            place["VersionId"] = upload.version
        if upload.alert["status"] != upload.expected:
            yield f"{name}: {upload.alert['status']}, not {upload.expected}"

        # The alert goes out before the object goes: what it announces may take another moment.
        stays = upload.expected == CLEAN or self.action in ("tag", "none")
        there = self.soon(lambda: self.exists(upload.etag, **place), stays)
        upload.place = "still there" if there else "gone"
        if there != stays:
            yield f"{name} is {upload.place}"
        if upload.expected == CLEAN or self.action not in ("quarantine", "tag"):
            return

        if self.action == "quarantine":
            place = {"Bucket": QUARANTINE, "Key": f"infected/{upload.name}"}
            if not self.exists(upload.etag, **place):
                yield f"{name} is not in quarantine"
                return
            upload.place = "in quarantine"
        upload.url = f"s3://{place['Bucket']}/{place['Key']}"
        self.soon(lambda: self.tags(**place).get("av-status"), INFECTED)
        upload.tags = self.tags(**place)
        if upload.tags.get("av-status") != INFECTED:
            yield f"{name}, {upload.place}, has the tags {upload.tags}"

    @staticmethod
    def soon(look, wanted):
        """What is seen, once it is what is wanted or time is up."""
        with contextlib.suppress(DemoError):
            until(lambda: look() == wanted, 5, "")
        return look()

    def print_results(self):
        show.heading("What happened to each upload")
        rows = [[self.label(upload), upload.alert["status"], ", ".join(upload.alert["signatures"] or []),
                 upload.alert["action"], f"{upload.seconds:.1f}", upload.place] for upload in self.uploads]
        colours = {CLEAN: "green", INFECTED: "red", "FAILED": "yellow"}
        show.table(["OBJECT", "VERDICT", "SIGNATURE", "ACTION", "SECONDS", "NOW"], rows,
                   lambda title, text: colours.get(text.strip()) if title in ("VERDICT", "ACTION") else None)

        found = next((upload for upload in self.uploads if upload.alert["status"] == INFECTED), None)
        if not found:
            return
        alert = found.alert
        if found.tags:
            show.heading("One of them, as it is now")
            show.line(found.url)
            show.table(["TAG", "VALUE"], [[key, value] for key, value in sorted(found.tags.items())])
        show.heading("The alert as a program gets it (here from its queue)")
        show.document(alert)
        for subject, texts in self.aws.published(self.topic):
            if json.loads(texts["default"]).get("id") == alert["id"]:
                show.heading("The same alert as a person gets it (e-mail)")
                show.block(f"Subject: {subject}\n\n{texts.get('email', texts['default'])}")
                break

    @staticmethod
    def label(upload):
        return f"{upload.name} (version {upload.version[:8]})" if upload.version else upload.name

    def stop_daemon(self):
        code = self.daemon.stop()
        if code != 0:
            yield f"the daemon, asked to stop, ended with {'nothing after 15 s' if code is None else code}"

    def print_logs(self):
        """The last words of whatever ran: the directory they are in goes away."""
        for log in sorted([*self.directory.glob("*.out"), *self.directory.glob("*.log"), *self.directory.glob("log/*")]):
            if rows := log.read_text(errors="replace").splitlines()[-15:]:
                show.heading(f"The end of {log.name}")
                show.block("\n".join(row[:300] for row in rows))


def choice(name, allowed):
    value = os.environ.get(name) or allowed[0]
    if value not in allowed:
        sys.exit(f"{name}={value}: must be one of {', '.join(allowed)}")
    return value


def main():
    engine, action = choice("ENGINE", ENGINES), choice("ACTION", ACTIONS)
    # Ended from outside, it still clears up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with contextlib.ExitStack() as stack:
        directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clambucketfleet-demo-")))
        demo = Demo(stack, directory, engine, action)
        try:
            demo.run()
        except Exception as error:
            demo.print_logs()
            show.heading(show.paint("The demo failed", "red"))
            show.line(str(error) if isinstance(error, DemoError) else f"{type(error).__name__}: {error}")
            return 1
        finally:
            # Ctrl-C once more must not stop the clearing up.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        show.heading("All as promised. Nothing is left running.")
        if action == "delete":
            show.line("Try also: ACTION=quarantine make demo, ENGINE=clamscan make demo")
        return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
