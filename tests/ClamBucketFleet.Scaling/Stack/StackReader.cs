using System.Globalization;
using System.Text.Json;
using ClamBucketFleet.Scaling.Queue;

namespace ClamBucketFleet.Scaling.Stack;

/// <summary>Reads from a created stack what scales its fleet: the services are asked, not the template.</summary>
public sealed class StackReader(AwsCli aws)
{
    // What is said of all stacks is asked for once.
    private readonly Dictionary<string, Task<JsonElement>> _answers = [];

    /// <exception cref="NotSupportedException">The stack scales by something that is not simulated; the message names it.</exception>
    public async Task<FleetStack> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var stack = One((await AskAsync("cloudformation", "describe-stacks")).GetProperty("Stacks"), "StackName", name);
        if (Text("StackStatus")(stack) is not ("CREATE_COMPLETE" or "UPDATE_COMPLETE"))
            throw new InvalidOperationException($"{name} is not there as it should be: {stack}");
        var resources = (await AskAsync("cloudformation", "describe-stack-resources", "--stack-name", name))
            .GetProperty("StackResources").EnumerateArray()
            .Where(resource => resource.TryGetProperty("PhysicalResourceId", out _))
            .ToDictionary(Text("LogicalResourceId"), Text("PhysicalResourceId"));
        var group = resources["Group"];
        var queue = resources["ScanQueue"];
        var groups = AskAsync("autoscaling", "describe-auto-scaling-groups");
        var hooks = AskAsync("autoscaling", "describe-lifecycle-hooks", "--auto-scaling-group-name", group);
        var policies = AskAsync("autoscaling", "describe-policies");
        var alarms = AskAsync("cloudwatch", "describe-alarms");
        var attributes = AskAsync("sqs", "get-queue-attributes", "--queue-url", queue, "--attribute-names", "All");

        var described = One((await groups).GetProperty("AutoScalingGroups"), "AutoScalingGroupName", group);
        var own = (await alarms).GetProperty("MetricAlarms").EnumerateArray()
            .Where(alarm => resources.ContainsValue(Text("AlarmName")(alarm))).ToList();
        var scaling = (await policies).GetProperty("ScalingPolicies").EnumerateArray()
            .Where(policy => Text("AutoScalingGroupName")(policy) == group)
            .Select(policy => PolicyReader.Read(policy, described)).ToList();
        return new FleetStack(
            GroupReader.Read(described, (await hooks).GetProperty("LifecycleHooks")),
            Queue((await attributes).GetProperty("Attributes"), queue),
            AlarmReader.Read(own, scaling, queue.Split('/')[^1], group),
            scaling,
            own.Sum(AlarmReader.MetricsBilled),
            stack.GetProperty("Parameters").EnumerateArray().ToDictionary(Text("ParameterKey"), Text("ParameterValue")));

        Task<JsonElement> AskAsync(params string[] arguments)
        {
            var question = string.Join(' ', arguments);
            return _answers.TryGetValue(question, out var known) ? known : _answers[question] = aws.AskAsync(cancellationToken, arguments);
        }
    }

    private static JsonElement One(JsonElement all, string property, string name)
        => all.EnumerateArray().Single(one => Text(property)(one) == name);

    private static QueueDefinition Queue(JsonElement attributes, string url)
    {
        var redrive = JsonDocument.Parse(attributes.GetProperty("RedrivePolicy").GetString()!).RootElement;
        return new QueueDefinition(
            url.Split('/')[^1],
            TimeSpan.FromSeconds(int.Parse(attributes.GetProperty("VisibilityTimeout").GetString()!, CultureInfo.InvariantCulture)),
            int.Parse(redrive.GetProperty("maxReceiveCount").ToString(), CultureInfo.InvariantCulture));
    }

    private static Func<JsonElement, string> Text(string property) => element => element.GetProperty(property).GetString()!;
}
