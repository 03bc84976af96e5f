using ClamBucketFleet.Scaling.CloudWatch;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Scaling.Tests.CloudWatch;

public sealed class MetricMathTests
{
    [Theory]
    [InlineData("waiting", 40.0)]
    [InlineData("waiting - 100 * instances", -160.0)]
    [InlineData("waiting + 3 - 1.5 * (instances - 1)", 41.5)]
    [InlineData("waiting - instances - 1", 37.0)]
    [InlineData("FILL(gone, 7) + FILL(waiting, 7)", 47.0)]
    public void An_expression_is_computed_as_written(string text, double expected)
        => MetricMath.Parse(text).Evaluate(Values).ShouldBe(expected);

    [Fact]
    public void A_missing_metric_leaves_no_value()
        => MetricMath.Parse("waiting + gone").Evaluate(Values).ShouldBeNull();

    [Theory]
    [InlineData("IF(instances > 0, waiting, 0)")]
    [InlineData("waiting / instances")]
    [InlineData("FILL(waiting, REPEAT)")]
    [InlineData("MAX([waiting, instances])")]
    [InlineData("(waiting")]
    [InlineData("waiting +")]
    public void What_is_not_simulated_is_refused_with_the_expression(string text)
        => Should.Throw<NotSupportedException>(() => MetricMath.Parse(text)).Message.ShouldContain(text);

    private static double? Values(string id) => id switch { "waiting" => 40, "instances" => 2, _ => null };
}
