using System.Text;
using System.Text.Json;
using Amazon.S3.Model;
using ClamBucketFleet.SystemTests.Machines;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests.Journey;

/// <summary>
/// A newcomer's way through the README's chapter on AWS, with its own commands: the stack, three buckets in three ways, an
/// infected upload in each; then the instance's end by its group, another's by Spot, and the end of the stack. The
/// instances are booted from the image, with the user data of the launch template and the role of the stack, whose policy
/// holds for them.
/// </summary>
public sealed class JourneyTests(World world) : DaemonTests(world)
{
    private const int JourneyLimit = 600_000;
    private const string Bucket = "uploads", Second = "uploads-by-topic", Third = "uploads-by-rule";

    private static readonly string[] Created = ["s3:ObjectCreated:*"];
    private static readonly string[] Buckets = [Bucket, Second, Third];

    private readonly ReadmeChapter _readme = ReadmeChapter.Read();
    private Site? _site;
    private UserShell? _shell;
    private Relay? _relay;
    private string _subscriber = "";

    private Site Site => _site ?? throw new InvalidOperationException("Not begun");

    private UserShell Shell => _shell ?? throw new InvalidOperationException("Not begun");

    private Relay Relay => _relay ??= new Relay(Site.Network);

    [Fact(Timeout = JourneyLimit)]
    public async Task From_the_image_to_the_deleted_stack()
    {
        var image = await World.ImageAsync(Release.Bookworm);
        _site = await Site.CreateWholeAsync(Cancellation);
        _shell = new UserShell(Site.Network, _readme.Variables);
        await SettleAsync();

        await RunAsync("create-stack");
        await RunAsync("output()");
        var machine = await BootAsync(image, await InstanceAsync());
        await IsReadyAsync(machine);
        await SignalledAsync(machine);

        await ConnectAsync();
        await WorksAsync(machine);
        await EndsByItsGroupAsync(machine);
        await machine.StopAsync(Cancellation);
        await EndsBySpotAsync(image);

        await Shell.RunAsync(_readme.Settings("image=", ("image", "ami-0fedcba9876543210")), Cancellation);
        await RunAsync("update-stack");
        (await LaunchDataAsync()).GetProperty("ImageId").GetString().ShouldBe("ami-0fedcba9876543210");
        await DeleteAsync();
    }

    protected override async ValueTask DisposeMoreAsync()
    {
        _shell?.Dispose();
        if (_relay is not null) await _relay.DisposeAsync();
        if (_site is not null) await _site.DisposeAsync();
        await base.DisposeMoreAsync();
    }

    private Task<string> RunAsync(string block) => Shell.RunAsync(_readme.With(block), Cancellation);

    private Task<JsonElement> AskAsync(string command) => Shell.AskAsync(command, Cancellation);

    private async Task<string> OutputAsync(string name) => (await Shell.RunAsync($"output {name}", Cancellation)).Trim();

    /// <summary>What a user has before the first command: buckets, one of which notifies a topic, and a network.</summary>
    private async Task SettleAsync()
    {
        foreach (var bucket in Buckets)
            await Shell.RunAsync($"aws s3 mb s3://{bucket}", Cancellation);
        var topic = (await AskAsync("sns create-topic --name uploads")).GetProperty("TopicArn").GetString()!;
        var configuration = JsonSerializer.Serialize(new
        {
            TopicConfigurations = new[] { new { TopicArn = topic, Events = Created } },
        });
        await Shell.RunAsync(
            $"aws s3api put-bucket-notification-configuration --bucket {Second} --notification-configuration '{configuration}'", Cancellation);
        // What the bucket tells somebody already has to stay.
        await Shell.RunAsync($$"""
            aws sqs create-queue --queue-name other
            aws s3api put-bucket-notification-configuration --bucket {{Bucket}} --notification-configuration \
              '{"QueueConfigurations":[{"Id":"other","QueueArn":"arn:aws:sqs:{{Cloud.Region}}:123456789012:other","Events":["s3:ObjectRemoved:*"]}]}'
            """, Cancellation);
        var subnets = (await AskAsync("ec2 describe-subnets")).GetProperty("Subnets").EnumerateArray().Take(2).ToArray();
        await Shell.RunAsync(
            _readme.Settings(
                "email=", ("bucket", Bucket), ("vpc", subnets[0].GetProperty("VpcId").GetString()!),
                ("subnets", string.Join(',', subnets.Select(subnet => subnet.GetProperty("SubnetId").GetString())))),
            Cancellation);
        await RunAsync("image=");
    }

    private async Task<JsonElement> GroupAsync() =>
        (await AskAsync($"autoscaling describe-auto-scaling-groups --auto-scaling-group-names {await OutputAsync("GroupName")}"))
        .GetProperty("AutoScalingGroups")[0];

    /// <summary>The instance that the group has and that is to work.</summary>
    private async Task<string> InstanceAsync() => (await GroupAsync()).GetProperty("Instances").EnumerateArray()
        .Single(instance => instance.GetProperty("LifecycleState").GetString() == "InService").GetProperty("InstanceId").GetString()!;

    private async Task<JsonElement> LaunchDataAsync()
    {
        var template = (await Shell.RunAsync(
            "aws cloudformation describe-stack-resources --stack-name clambucketfleet --output text --query "
            + "\"StackResources[?LogicalResourceId=='LaunchTemplate'].PhysicalResourceId\"", Cancellation)).Trim();
        return (await AskAsync($"ec2 describe-launch-template-versions --launch-template-id {template} --versions '$Latest'"))
            .GetProperty("LaunchTemplateVersions")[0].GetProperty("LaunchTemplateData");
    }

    /// <summary>Boots an instance as EC2 does: image, user data, id, and credentials of the stack's role.</summary>
    private async Task<Machine> BootAsync(BuiltImage image, string id)
    {
        var userData = Encoding.UTF8.GetString(Convert.FromBase64String((await LaunchDataAsync()).GetProperty("UserData").GetString()!));
        await Site.DescribeAsync(id, userData, Cancellation);
        var role = (await AskAsync($"sts assume-role --role-arn {await OutputAsync("RoleArn")} --role-session-name {id}"))
            .GetProperty("Credentials");
        Site.Metadata.SetCredentials(
            role.GetProperty("AccessKeyId").GetString()!, role.GetProperty("SecretAccessKey").GetString()!,
            role.GetProperty("SessionToken").GetString()!);
        Site.Metadata.SetTargetState("InService");

        var machine = await PrepareAsync(image.Layers, id, Site.Network);
        // Where AWS is, and metrics sooner than after a minute: what the test adds, and nothing else.
        foreach (var unit in new[] { Daemon, Updates })
        {
            machine.Write($"/etc/systemd/system/{unit}.d/aws.conf", Encoding.UTF8.GetBytes(
                $"[Service]\nEnvironment=AWS_ENDPOINT_URL={Cloud.Endpoint} AWS_ENDPOINT_URL_S3={Relay.Endpoint} OTEL_METRIC_EXPORT_INTERVAL=1000\n"));
        }
        await machine.BootAsync(Cancellation);
        return machine;
    }

    /// <summary>The stack hears that the machine works, at the address of its wait condition.</summary>
    private async Task SignalledAsync(Machine machine)
    {
        var key = new Uri(machine.Read("/etc/clambucketfleet/stack-signal").Trim()).AbsolutePath.TrimStart('/').Split('/', 2);
        await UntilAsync(async () => (await KeysAsync(key[0])).Contains(key[1]), () => "the stack has heard nothing");
        var signal = JsonElement.Parse(await ReadAsync(key[0], key[1]));
        signal.GetProperty("Status").GetString().ShouldBe("SUCCESS");
        // The host's name stands in for the id: a container has no board that EC2 has written the id on.
        signal.GetProperty("UniqueId").GetString()!.ShouldEndWith(machine.Name[1..]);
    }

    private async Task ConnectAsync()
    {
        await RunAsync("notifications()");
        var kept = await AskAsync($"s3api get-bucket-notification-configuration --bucket {Bucket}");
        kept.GetProperty("QueueConfigurations").EnumerateArray().Select(one => one.GetProperty("QueueArn").GetString())
            .ShouldBe([$"arn:aws:sqs:{Cloud.Region}:123456789012:other", await OutputAsync("ScanQueueArn")], ignoreOrder: true);
        await Shell.RunAsync(
            _readme.Settings("topic=", ("topic", $"arn:aws:sns:{Cloud.Region}:123456789012:uploads")), Cancellation);
        await RunAsync("sns subscribe");
        await Shell.RunAsync(_readme.Settings("third=", ("third", Third)), Cancellation);
        await RunAsync("put-targets");

        var findings = await OutputAsync("FindingsTopicArn");
        (await AskAsync($"sns list-subscriptions-by-topic --topic-arn {findings}")).GetProperty("Subscriptions")
            .EnumerateArray().Select(one => $"{one.GetProperty("Protocol")} {one.GetProperty("Endpoint")}").ShouldBe(["email you@example.com"]);
        _subscriber = (await AskAsync("sqs create-queue --queue-name subscriber")).GetProperty("QueueUrl").GetString()!;
        await Shell.RunAsync(
            $"aws sns subscribe --topic-arn {findings} --protocol sqs --notification-endpoint {Cloud.Arn(_subscriber)} "
            + "--attributes RawMessageDelivery=true", Cancellation);
    }

    /// <summary>Infected uploads go from each bucket to quarantine, clean ones stay, and people and the agent hear of it.</summary>
    private async Task WorksAsync(Machine machine)
    {
        foreach (var bucket in Buckets) await PutAsync(bucket, "clean", Clean);
        await PutAsync(Second, "infected", Eicar.Bytes);
        await Shell.RunAsync($"eval \"$(output TryItCommand | sed s/BUCKET/{Third}/)\"", Cancellation);
        // The README's own: it waits until the object is gone.
        (await RunAsync("eicar.com")).ShouldContain($"{Bucket}/eicar.com");

        var queue = await OutputAsync("ScanQueueUrl");
        await UntilAsync(
            async () => await Site.Cloud.DepthsAsync(queue, Cancellation) == (0, 0), () => "the queue is not empty");
        foreach (var bucket in Buckets) (await KeysAsync(bucket)).ShouldBe(["clean"]);
        (await KeysAsync(await OutputAsync("QuarantineBucketName")))
            .ShouldBe([$"{Third}/eicar.com", $"{Second}/infected", $"{Bucket}/eicar.com"], ignoreOrder: true);
        var alerts = new List<string>();
        await UntilAsync(async () =>
        {
            alerts.AddRange(await TakeAlertsAsync());
            return alerts.Count >= 3;
        }, () => $"the alerts are {string.Join(", ", alerts)}");
        alerts.ShouldBe(
            [$"INFECTED QUARANTINE {Bucket}/eicar.com", $"INFECTED QUARANTINE {Second}/infected", $"INFECTED QUARANTINE {Third}/eicar.com"],
            ignoreOrder: true);
        await UntilAsync(
            async () => (await machine.Inside("grep", "-rq", "clambucketfleet.objects", "/opt/aws/amazon-cloudwatch-agent/var/received")
                .RunAsync(Cancellation)).ExitCode == 0,
            () => "no metrics came to the agent");
    }

    /// <summary>Scale-in with a scan in hand, which S3 makes last: it ends, and the instance goes only then.</summary>
    private async Task EndsByItsGroupAsync(Machine machine)
    {
        Relay.Hold();
        await PutAsync(Bucket, "long", Eicar.Bytes);
        await BecomesAsync(machine, Daemon, unit => unit.Status.StartsWith("1 in work", StringComparison.Ordinal));
        await Shell.RunAsync(
            $"aws autoscaling terminate-instance-in-auto-scaling-group --instance-id {machine.Name} --no-should-decrement-desired-capacity", Cancellation);
        (await StateAsync(machine.Name)).ShouldBe("Terminating:Wait");
        Site.Metadata.SetTargetState("Terminated");

        await BecomesAsync(machine, Daemon, unit => unit.Status.Contains("1 in work", StringComparison.Ordinal)
            && unit.Status.StartsWith("Draining", StringComparison.Ordinal));
        await UntilAsync(async () => (await EndingAsync(machine.Name)).Heartbeats > 0, () => "no heartbeat");
        (await StateAsync(machine.Name)).ShouldBe("Terminating:Wait");
        Relay.Release();

        await EndedWellAsync(machine);
        (await KeysAsync(Bucket)).ShouldBe(["clean"]);
        (await Site.Cloud.DepthsAsync(await OutputAsync("ScanQueueUrl"), Cancellation)).ShouldBe((0, 0));
        (await EndingAsync(machine.Name)).Result.ShouldBe("CONTINUE");
        (await StateAsync(machine.Name)).ShouldBeNull();
    }

    /// <summary>The instance that the group has launched in place of the first works, until EC2 wants it back.</summary>
    private async Task EndsBySpotAsync(BuiltImage image)
    {
        var machine = await BootAsync(image, await InstanceAsync());
        await IsReadyAsync(machine);
        await PutAsync(Third, "again", Eicar.Bytes);
        await UntilAsync(async () => !(await KeysAsync(Third)).Contains("again"), () => "the second instance does nothing");

        Site.Metadata.InterruptAt(TimeProvider.System.GetUtcNow().AddMinutes(2));

        await EndedWellAsync(machine);
        (await machine.JournalAsync(Daemon, Cancellation)).ShouldContain("Spot");
        await machine.StopAsync(Cancellation);
    }

    private async Task DeleteAsync()
    {
        var quarantine = await OutputAsync("QuarantineBucketName");
        await RunAsync("delete-stack");

        foreach (var command in new[]
        {
            "autoscaling describe-auto-scaling-groups --query AutoScalingGroups", "cloudwatch describe-alarms --query MetricAlarms",
            "logs describe-log-groups --query logGroups", "events list-rules --query Rules",
            "iam list-instance-profiles --query InstanceProfiles", "ec2 describe-launch-templates --query LaunchTemplates",
            "sqs list-queues --queue-name-prefix clambucketfleet --query 'QueueUrls || `[]`'",
        })
            (await AskAsync(command)).GetArrayLength().ShouldBe(0, command);
        (await AskAsync("s3api list-buckets --query Buckets[].Name")).EnumerateArray().Select(name => name.GetString())
            .Where(name => !name!.StartsWith("cloudformation-", StringComparison.Ordinal))
            .ShouldBe([Bucket, Second, Third, quarantine], ignoreOrder: true);
        (await KeysAsync(quarantine)).ShouldNotBeEmpty();
        (await AskAsync($"s3api get-bucket-notification-configuration --bucket {Bucket}")).GetProperty("QueueConfigurations")
            .EnumerateArray().ShouldHaveSingleItem().GetProperty("Id").GetString().ShouldBe("other");
    }

    private static async Task EndedWellAsync(Machine machine)
    {
        var ended = await BecomesAsync(machine, Daemon, unit => unit.Active is "inactive" or "failed");
        ended.Active.ShouldBe("inactive", $"{ended}");
        ended.Result.ShouldBe("success");
        ended.ExitStatus.ShouldBe(0);
    }

    /// <summary>The instance's state in its group; null where it is not in it.</summary>
    private async Task<string?> StateAsync(string id) => (await GroupAsync()).GetProperty("Instances").EnumerateArray()
        .Where(instance => instance.GetProperty("InstanceId").GetString() == id)
        .Select(instance => instance.GetProperty("LifecycleState").GetString()).SingleOrDefault();

    private async Task<(int Heartbeats, string? Result)> EndingAsync(string id)
    {
        var activities = await AskAsync($"autoscaling describe-scaling-activities --auto-scaling-group-name {await OutputAsync("GroupName")}");
        var details = JsonElement.Parse(activities.GetProperty("Activities").EnumerateArray()
            .Single(one => one.GetProperty("Description").GetString()!.EndsWith(id, StringComparison.Ordinal)).GetProperty("Details").GetString()!);
        return (details.GetProperty("heartbeats").GetInt32(), details.GetProperty("result").GetString());
    }

    private async Task<IReadOnlyList<string>> TakeAlertsAsync()
    {
        var received = await Site.Cloud.Sqs.ReceiveMessageAsync(new() { QueueUrl = _subscriber, MaxNumberOfMessages = 10 }, Cancellation);
        foreach (var message in received.Messages ?? [])
            await Site.Cloud.Sqs.DeleteMessageAsync(new() { QueueUrl = _subscriber, ReceiptHandle = message.ReceiptHandle }, Cancellation);
        return [.. (received.Messages ?? []).Select(message => JsonElement.Parse(message.Body)).Select(alert =>
            $"{alert.GetProperty("status")} {alert.GetProperty("action")} {alert.GetProperty("bucket")}/{alert.GetProperty("key")}")];
    }

    private Task<PutObjectResponse> PutAsync(string bucket, string key, byte[] content) => Site.Cloud.S3.PutObjectAsync(
        new PutObjectRequest { BucketName = bucket, Key = key, InputStream = new MemoryStream(content), UseChunkEncoding = false }, Cancellation);

    private async Task<IReadOnlyList<string>> KeysAsync(string bucket) =>
        [.. ((await Site.Cloud.S3.ListObjectsV2Async(new() { BucketName = bucket }, Cancellation)).S3Objects ?? []).Select(found => found.Key)];

    private async Task<string> ReadAsync(string bucket, string key)
    {
        using var response = await Site.Cloud.S3.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = key }, Cancellation);
        using var reader = new StreamReader(response.ResponseStream);
        return await reader.ReadToEndAsync(Cancellation);
    }
}
