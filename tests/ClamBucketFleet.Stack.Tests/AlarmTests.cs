using System.Text.Json;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Stack.Tests;

public sealed class AlarmTests(Account account)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData("BacklogHigh", "ScaleOutPolicy", 1)]
    [InlineData("BacklogLow", "ScaleInPolicy", -1)]
    [InlineData("BacklogNone", "ScaleInPolicy", -1)]
    public async Task An_alarm_on_the_backlog_scales_the_group(string alarm, string policy, int direction)
    {
        // With minimum 0, so that every alarm is there.
        var stack = await account.SmallAsync;

        var told = await stack.AlarmAsync(alarm, Cancellation);
        var steps = await PolicyAsync(stack, policy);

        told.GetProperty("AlarmActions").Texts().ShouldBe([stack[policy]]);
        told.ToString().ShouldContain((await stack.QueueAsync("ScanQueue", Cancellation)).Text("QueueArn").Split(':')[^1]);
        steps.Text("AutoScalingGroupName").ShouldBe(stack["Group"]);
        steps.Text("PolicyType").ShouldBe("StepScaling");
        steps.GetProperty("StepAdjustments").EnumerateArray().Select(step => Math.Sign(step.GetProperty("ScalingAdjustment").GetInt32()))
            .ShouldAllBe(sign => sign == direction);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("DeadLettersAlarm", "ScanQueueDLQ")]
    [InlineData("OldestMessageAlarm", "ScanQueue")]
    [InlineData("NotScanningAlarm", "ScanQueue")]
    [InlineData("FleetAtMaximumAlarm", "Group")]
    [InlineData("DefinitionsOldAlarm", null)]
    public async Task A_person_hears_of_what_a_person_must_see_to(string alarm, string? about)
    {
        var stack = await account.SmallAsync;

        var told = await stack.AlarmAsync(alarm, Cancellation);

        told.GetProperty("AlarmActions").Texts().ShouldBe([stack["FindingsTopic"]]);
        told.GetProperty("OKActions").Texts().ShouldBe([stack["FindingsTopic"]]);
        told.Text("TreatMissingData").ShouldBe("notBreaching");
        told.Text("AlarmDescription").Length.ShouldBeGreaterThan(40);
        if (about is not null) told.ToString().ShouldContain($"\"{stack[about].Split('/')[^1]}\"");
    }

    [Fact(Timeout = 120_000)]
    public async Task Scanning_has_stopped_when_messages_wait_and_none_is_deleted()
    {
        var alarm = await (await account.SmallAsync).AlarmAsync("NotScanningAlarm", Cancellation);

        var metrics = alarm.GetProperty("Metrics").EnumerateArray().ToDictionary(metric => metric.Text("Id"));
        metrics["stuck"].Text("Expression").ShouldBe("IF(FILL(visible, 0) > 0 AND FILL(deleted, 0) == 0, 1, 0)");
        Name(metrics["visible"]).ShouldBe("ApproximateNumberOfMessagesVisible");
        Name(metrics["deleted"]).ShouldBe("NumberOfMessagesDeleted");

        static string Name(JsonElement metric) => metric.GetProperty("MetricStat").GetProperty("Metric").Text("MetricName");
    }

    [Theory(Timeout = 120_000)]
    [InlineData("12h")]
    [InlineData("7d")]
    public async Task Old_definitions_are_told_of_at_three_quarters_of_the_age_at_which_scanning_stops(string age)
    {
        var parameters = account.Example("small-and-cheap");
        parameters["MaxDefinitionsAge"] = age;
        var stack = await account.CreateAsync($"age-{age}", parameters, Cancellation);

        var alarm = await stack.AlarmAsync("DefinitionsOldAlarm", Cancellation);

        var hours = age == "12h" ? 12 : 7 * 24;
        alarm.GetProperty("Threshold").GetDouble().ShouldBe(hours * 3600 * 0.75);
        alarm.GetProperty("Metrics")[0].Text("Expression")
            .ShouldBe($"SELECT MAX(\"clambucketfleet.definitions.age\") FROM \"ClamBucketFleet/age-{age}\"");
    }

    private static async Task<JsonElement> PolicyAsync(CreatedStack stack, string logicalId)
    {
        var all = await stack.AskAsync(Cancellation, "autoscaling", "describe-policies", "--auto-scaling-group-name", stack["Group"]);
        return all.GetProperty("ScalingPolicies").EnumerateArray().First(policy => policy.Text("PolicyARN") == stack[logicalId]);
    }
}
