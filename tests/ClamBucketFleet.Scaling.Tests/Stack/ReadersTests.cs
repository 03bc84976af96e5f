using System.Text.Json;
using ClamBucketFleet.Scaling.AutoScaling;
using ClamBucketFleet.Scaling.Stack;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Scaling.Tests.Stack;

public sealed class ReadersTests(FleetsFixture fixture)
{
    private const string Group = """{"DefaultCooldown": 300, "DefaultInstanceWarmup": 240}""";

    private const string Alarm = """
        {"AlarmName": "a", "AlarmActions": ["arn"], "OKActions": [], "EvaluationPeriods": 1, "Threshold": 1, "Period": 60,
         "ComparisonOperator": "GreaterThanThreshold", "Statistic": "Maximum", "Namespace": "AWS/SQS",
         "MetricName": "ApproximateNumberOfMessagesVisible", "Dimensions": [{"Name": "QueueName", "Value": "queue"}]}
        """;

    private static readonly ScalingPolicy Policy = PolicyReader.Read(
        Json("""{"PolicyARN": "arn", "PolicyName": "p", "PolicyType": "StepScaling", "AdjustmentType": "ChangeInCapacity", "StepAdjustments": []}"""),
        Json(Group));

    [Fact]
    public void The_created_stack_is_read_with_all_that_scales_it()
    {
        var stack = fixture.Fleets.For(Traces.BurstFromZero);
        stack.Group.MinSize.ShouldBe(0);
        stack.Group.MaxSize.ShouldBe(20);
        stack.Queue.MaxReceiveCount.ShouldBe(5);
        stack.Policies.Count.ShouldBe(2);
        stack.Alarms.SelectMany(alarm => alarm.Actions).Distinct().ShouldBe(stack.Policies.Select(policy => policy.Arn), ignoreOrder: true);
        fixture.Fleets.For(Traces.SpotLoss).Group.OnDemandPercentage.ShouldBe(0);
    }

    [Fact]
    public void A_policy_without_a_warm_up_has_the_groups() => Policy.Warmup.ShouldBe(TimeSpan.FromSeconds(240));

    [Fact]
    public void A_plain_alarm_is_read_as_one_metric()
        => AlarmReader.Read([Json(Alarm)], [Policy], "queue", "group").Single().Expression.ToString().ShouldBe("value");

    [Theory]
    [InlineData("\"Period\": 60", "\"Period\": 300", "periods")]
    [InlineData("\"OKActions\": []", "\"OKActions\": [\"arn\"]", "not in alarm")]
    [InlineData("\"Value\": \"queue\"", "\"Value\": \"another\"", "another")]
    [InlineData("\"Maximum\"", "\"SampleCount\"", "SampleCount")]
    public void An_alarm_that_is_not_simulated_is_refused(string what, string instead, string told)
    {
        var alarm = Json(Alarm.Replace(what, instead, StringComparison.Ordinal));
        Should.Throw<NotSupportedException>(() => AlarmReader.Read([alarm], [Policy], "queue", "group")).Message.ShouldContain(told);
    }

    [Fact]
    public void Target_tracking_is_refused()
        => Should.Throw<NotSupportedException>(() => PolicyReader.Read(Json("""{"PolicyType": "TargetTrackingScaling"}"""), Json(Group)));

    [Fact]
    public void A_group_whose_instances_end_without_a_hook_is_refused()
        => Should.Throw<NotSupportedException>(() => GroupReader.Read(Json("{}"), Json("[]"))).Message.ShouldContain("hook");

    [Fact]
    public void A_metric_that_the_group_does_not_report_is_refused()
    {
        var stack = fixture.Fleets.For(Traces.Burst);
        var silent = stack with { Group = stack.Group with { EnabledMetrics = new HashSet<string>() } };
        Should.Throw<NotSupportedException>(() => Simulation.Run(silent, Traces.Burst)).Message.ShouldContain("MetricsCollection");
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
