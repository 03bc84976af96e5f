using System.Text.Json;
using System.Xml.Linq;
using ClamBucketFleet.Daemon.Tests.Cli;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>An instance that the stack's group has started, and the metadata that the daemon on it reads.</summary>
internal sealed class InstanceInGroup : IAsyncDisposable
{
    private readonly AwsStage _aws;
    private readonly string _id;
    private readonly LoopbackServer _server;

    private InstanceInGroup(AwsStage aws, string id)
    {
        (_aws, _id) = (aws, id);
        Metadata["instance-id"] = id;
        _server = LoopbackServer.For(Metadata);
    }

    public InstanceMetadata Metadata { get; } = new("eu-west-1");

    /// <summary>One more than there are in service.</summary>
    public static async Task<InstanceInGroup> StartAsync(Bench bench)
    {
        var (aws, group) = (bench.Aws, bench.Role.Outputs["GroupName"]);
        var before = await InServiceAsync(aws, group);
        await aws.AskAsync("autoscaling", ("Action", "SetDesiredCapacity"), ("AutoScalingGroupName", group),
            ("DesiredCapacity", $"{before.Count + 1}"));
        var instance = new InstanceInGroup(aws, (await InServiceAsync(aws, group)).Except(before).Single());
        foreach (var variable in instance._server.AsMetadata) bench.Stage.Set(variable);
        return instance;
    }

    /// <summary>The group is to have one less: its hook holds the instance, and the metadata say so.</summary>
    public async Task TerminateAsync()
    {
        await _aws.AskAsync("autoscaling", ("Action", "TerminateInstanceInAutoScalingGroup"), ("InstanceId", _id),
            ("ShouldDecrementDesiredCapacity", "true"));
        Metadata.SetTargetState("Terminated");
    }

    /// <summary>How often the daemon had the hook wait on, and with what it completed it; null where it has not.</summary>
    public async Task<(int Heartbeats, string? Result)> EndingAsync()
    {
        var activities = await _aws.AskAsync("autoscaling", ("Action", "DescribeScalingActivities"));
        var own = activities.Descendants().First(e => e.Name.LocalName == "Description"
            && e.Value.EndsWith(_id, StringComparison.Ordinal)).Parent!;
        using var details = JsonDocument.Parse(Value(own, "Details"));
        return (details.RootElement.GetProperty("heartbeats").GetInt32(), details.RootElement.GetProperty("result").GetString());
    }

    /// <summary>As the group has it: <c>Healthy</c> or <c>Unhealthy</c>.</summary>
    public async Task<string> HealthAsync() => Value(await _aws.AskAsync("autoscaling",
        ("Action", "DescribeAutoScalingInstances"), ("InstanceIds.member.1", _id)), "HealthStatus");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task<IReadOnlyList<string>> InServiceAsync(AwsStage aws, string group)
    {
        var answer = await aws.AskAsync("autoscaling",
            ("Action", "DescribeAutoScalingGroups"), ("AutoScalingGroupNames.member.1", group));
        return [.. answer.Descendants().Where(e => e.Name.LocalName == "LifecycleState" && e.Value == "InService")
            .Select(state => Value(state.Parent!, "InstanceId"))];
    }

    private static string Value(XElement answer, string element) =>
        answer.Descendants().First(e => e.Name.LocalName == element).Value;
}
