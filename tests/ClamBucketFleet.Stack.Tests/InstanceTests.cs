using System.Text;
using System.Text.Json;
using ClamBucketFleet.Options;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Stack.Tests;

public sealed class InstanceTests(Account account)
{
    private const string Signal = "/etc/clambucketfleet/stack-signal";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task An_instance_has_an_encrypted_disk_and_tells_its_metadata_by_version_two_only()
    {
        var data = await (await account.SmallAsync).LaunchDataAsync(Cancellation);

        var disk = data.GetProperty("BlockDeviceMappings")[0].GetProperty("Ebs");
        (disk.Text("VolumeType"), disk.Text("VolumeSize"), disk.Text("Encrypted")).ShouldBe(("gp3", "20", "True"));
        var metadata = data.GetProperty("MetadataOptions");
        (metadata.Text("HttpTokens"), metadata.Text("HttpPutResponseHopLimit")).ShouldBe(("required", "1"));
        data.GetProperty("TagSpecifications").EnumerateArray().Select(tags => tags.Text("ResourceType")).ShouldBe(["instance", "volume"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Nothing_comes_in_and_only_the_web_goes_out()
    {
        var stack = await account.SmallAsync;

        var group = (await stack.AskAsync(Cancellation, "ec2", "describe-security-groups", "--group-ids", stack["InstanceSecurityGroup"]))
            .GetProperty("SecurityGroups")[0];

        group.GetProperty("IpPermissions").GetArrayLength().ShouldBe(0);
        group.GetProperty("IpPermissionsEgress").EnumerateArray().Select(rule => (rule.Text("FromPort"), rule.Text("ToPort")))
            .ShouldBe([("443", "443"), ("80", "80")], ignoreOrder: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_instance_has_a_public_address_unless_it_is_to_have_none()
    {
        (await InterfaceAsync(await account.SmallAsync)).Text("AssociatePublicIpAddress").ShouldBe("True");
        (await InterfaceAsync(await account.PrivateAsync)).Text("AssociatePublicIpAddress").ShouldBe("False");
        (await InterfaceAsync(await account.SmallAsync)).GetProperty("Groups").Texts()
            .ShouldBe([(await account.SmallAsync)["InstanceSecurityGroup"]]);

        static async Task<JsonElement> InterfaceAsync(CreatedStack stack) =>
            (await stack.LaunchDataAsync(Cancellation)).GetProperty("NetworkInterfaces")[0];
    }

    [Fact(Timeout = 120_000)]
    public async Task The_daemon_reads_in_its_configuration_what_the_parameters_say()
    {
        var stack = await account.SpotAsync;

        var options = Read(await stack.FilesAsync(Cancellation));

        options.Queue.Url.ShouldBe(stack["ScanQueue"]);
        options.Queue.DeadLetterUrl.ShouldBe(stack["ScanQueueDLQ"]);
        options.Alerts.TopicArn.ShouldBe(stack["FindingsTopic"]);
        options.Policy.Infected.ShouldBe(InfectedAction.Quarantine);
        options.Policy.Clean.ShouldBe(CleanAction.Tag);
        options.Policy.Unscannable.ShouldBe(UnscannableAction.Tag);
        options.Policy.Quarantine.Bucket.ShouldBe(stack["QuarantineBucket"]);
        options.DefinitionsMirror.Bucket.ShouldBe(stack["DefinitionsBucket"]);
        options.Drain.ShouldBe(TimeSpan.FromSeconds(100));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_was_not_asked_for_is_not_in_the_daemon_s_configuration()
    {
        var options = Read(await (await account.SmallAsync).FilesAsync(Cancellation));

        options.Policy.Infected.ShouldBe(InfectedAction.Delete);
        options.Policy.Quarantine.Bucket.ShouldBeNull();
        options.Policy.CleanDestination.Bucket.ShouldBeNull();
        options.DefinitionsMirror.Bucket.ShouldBeNull();
        options.Scan.MaxDefinitionsAge.ShouldBe(TimeSpan.FromDays(2));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_agent_sends_logs_and_metrics_to_the_stack_s_own_places()
    {
        var stack = await account.SmallAsync;
        var files = await stack.FilesAsync(Cancellation);

        var agent = JsonElement.Parse(files["/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json"]);
        var metrics = agent.GetProperty("metrics");
        var otlp = metrics.GetProperty("metrics_collected").GetProperty("otlp").Text("http_endpoint");
        var logs = agent.GetProperty("logs").GetProperty("logs_collected").GetProperty("files").GetProperty("collect_list");

        metrics.Text("namespace").ShouldBe($"ClamBucketFleet/{stack.Name}");
        files["/etc/default/clambucketfleet"].ShouldContain($"OTEL_EXPORTER_OTLP_ENDPOINT=http://{otlp}\n");
        logs.EnumerateArray().ShouldAllBe(log => log.GetProperty("log_group_name").GetString() == stack["LogGroup"]);
        logs.EnumerateArray().Select(log => log.Text("log_stream_name")).Distinct().Count().ShouldBe(3);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_instance_knows_where_to_signal_that_it_works()
    {
        var stack = await account.SpotAsync;
        var url = new Uri((await stack.FilesAsync(Cancellation))[Signal].Trim());

        using var http = new HttpClient();
        using var signal = new StringContent("""{"Status":"SUCCESS","UniqueId":"i-1","Data":"","Reason":"ready"}""");
        using var answer = await http.PutAsync(url, signal, Cancellation);

        answer.EnsureSuccessStatusCode();
        url.ToString().ShouldBe(stack["BootSignalHandle"]);
        (await http.GetStringAsync(url, Cancellation)).ShouldContain("SUCCESS");
        stack.Has("BootSignal").ShouldBeTrue();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_stack_that_starts_no_instance_waits_for_none()
    {
        var stack = await account.SmallAsync;

        (stack.Has("BootSignal"), stack.Has("BootSignalHandle")).ShouldBe((false, false));
        (await stack.FilesAsync(Cancellation)).Keys.ShouldNotContain(Signal);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_group_mixes_spot_and_on_demand_of_the_types_named_over_all_subnets()
    {
        var stack = await account.SpotAsync;

        var group = await stack.GroupAsync(Cancellation);

        (group.Text("MinSize"), group.Text("MaxSize"), group.Text("CapacityRebalance")).ShouldBe(("1", "20", "True"));
        group.Text("VPCZoneIdentifier").ShouldBe(account.Example("spot-fleet")["SubnetIds"]);
        group.Text("HealthCheckGracePeriod").ShouldBe("600");
        var policy = group.GetProperty("MixedInstancesPolicy");
        var distribution = policy.GetProperty("InstancesDistribution");
        (distribution.Text("OnDemandBaseCapacity"), distribution.Text("OnDemandPercentageAboveBaseCapacity")).ShouldBe(("1", "0"));
        distribution.Text("SpotAllocationStrategy").ShouldBe("price-capacity-optimized");
        var wanted = policy.GetProperty("LaunchTemplate").GetProperty("Overrides")[0].GetProperty("InstanceRequirements");
        wanted.GetProperty("AllowedInstanceTypes").Texts().Length.ShouldBeGreaterThan(4);
        wanted.GetProperty("MemoryMiB").Text("Min").ShouldBe("4096");
        group.GetProperty("EnabledMetrics").EnumerateArray().Select(metric => metric.Text("Metric"))
            .ShouldContain("GroupDesiredCapacity");
        stack.Outputs["GroupName"].ShouldBe(group.Text("AutoScalingGroupName"));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_instance_that_must_go_is_held_for_longer_than_its_work_may_take()
    {
        var stack = await account.SmallAsync;

        var hook = (await stack.AskAsync(Cancellation, "autoscaling", "describe-lifecycle-hooks", "--auto-scaling-group-name", stack["Group"]))
            .GetProperty("LifecycleHooks")[0];

        (hook.Text("LifecycleHookName"), hook.Text("LifecycleTransition")).ShouldBe((stack["TerminatingHook"], "autoscaling:EC2_INSTANCE_TERMINATING"));
        hook.Text("DefaultResult").ShouldBe("CONTINUE");
        var service = File.ReadAllText(TestKit.Repository.Combine("packaging/root/usr/lib/systemd/system/clambucketfleet.service"));
        var stop = int.Parse(service.Split("TimeoutStopSec=")[1].Split('s')[0], System.Globalization.CultureInfo.InvariantCulture);
        hook.GetProperty("HeartbeatTimeout").GetInt32().ShouldBeGreaterThan(stop);
    }

    private static FleetOptions Read(Dictionary<string, string> files)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(files["/etc/clambucketfleet/clambucketfleet.json"]));
        return FleetOptionsReader.Read(new ConfigurationBuilder().AddJsonStream(json).Build(), queueIsRequired: true);
    }
}
