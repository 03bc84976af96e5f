using ClamBucketFleet.Scaling.CloudWatch;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Scaling.Tests.CloudWatch;

/// <summary>
/// The examples of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html: X is a
/// breaching data point, 0 one that is not, - is a missing one. The state before is OK.
/// </summary>
public sealed class AlarmEvaluationTests
{
    private const AlarmState Ok = AlarmState.Ok;
    private const AlarmState Alarm = AlarmState.Alarm;
    private const AlarmState Insufficient = AlarmState.InsufficientData;

    [Theory]
    [InlineData("0-X-X", Ok, Ok, Ok, Ok)]
    [InlineData("0----", Ok, Ok, Ok, Ok)]
    [InlineData("-----", Insufficient, Ok, Alarm, Ok)]
    [InlineData("0XX-X", Alarm, Alarm, Alarm, Alarm)]
    [InlineData("--X--", Alarm, Ok, Alarm, Ok)]
    public void Three_of_three_data_points_make_the_states_that_AWS_documents(
        string points, AlarmState missing, AlarmState ignore, AlarmState breaching, AlarmState notBreaching)
        => States(3, points).ShouldBe([missing, ignore, breaching, notBreaching]);

    [Theory]
    [InlineData("0-X-X", Alarm, Alarm, Alarm, Alarm)]
    [InlineData("00X0X", Alarm, Alarm, Alarm, Alarm)]
    [InlineData("0-X--", Ok, Ok, Alarm, Ok)]
    [InlineData("----0", Ok, Ok, Alarm, Ok)]
    [InlineData("---X-", Alarm, Ok, Alarm, Ok)]
    public void Two_of_three_data_points_make_the_states_that_AWS_documents(
        string points, AlarmState missing, AlarmState ignore, AlarmState breaching, AlarmState notBreaching)
        => States(2, points).ShouldBe([missing, ignore, breaching, notBreaching]);

    [Fact]
    public void A_state_is_kept_while_missing_data_is_ignored()
        => AlarmEvaluation.Next(Alarms.Of(3, 3, MissingData.Ignore), Points("--X--"), Alarm).ShouldBe(Alarm);

    [Theory]
    [InlineData(ComparisonOperator.GreaterThanOrEqualToThreshold, true)]
    [InlineData(ComparisonOperator.GreaterThanThreshold, false)]
    [InlineData(ComparisonOperator.LessThanOrEqualToThreshold, true)]
    [InlineData(ComparisonOperator.LessThanThreshold, false)]
    public void The_threshold_itself_breaches_only_where_the_comparison_says_so(ComparisonOperator comparison, bool breaches)
        => (Alarms.Of(1, 1, MissingData.Missing) with { Comparison = comparison }).IsBreaching(1).ShouldBe(breaches);

    private static AlarmState[] States(int m, string points) =>
    [
        .. Enum.GetValues<MissingData>().Select(missing => AlarmEvaluation.Next(Alarms.Of(m, 3, missing), Points(points), Ok)),
    ];

    private static List<double?> Points(string text)
        => [.. text.Select(point => point switch { 'X' => 1.0, '0' => 0.0, _ => (double?)null })];
}
