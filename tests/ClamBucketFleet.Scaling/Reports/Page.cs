using System.Globalization;
using System.Text;
using ClamBucketFleet.Scaling.AutoScaling;

namespace ClamBucketFleet.Scaling.Reports;

/// <summary>docs/scaling.md, with every figure computed.</summary>
public sealed class Page(Fleets fleets, IReadOnlyList<Result> results, Prices prices)
{
    private const int Hour = 3600;

    private static readonly Assumptions Assumed = new();

    private readonly StringBuilder _text = new();

    public string Write()
    {
        _text.Append("""
            # How the fleet scales

            Made by `make scaling`: stacks are created from the template, their alarms, policies, group, hook and queue are read
            back as AWS's own tools show them, and then played, second by second, against traces of arrivals. What SQS, CloudWatch
            and Auto Scaling do is played as AWS documents it; what it was measured or assumed to take is in the last section. Nothing
            here ran on AWS. `make scaling STACK=<name>` prints the table for a stack of yours.


            """);
        Rules();
        _text.Append("\n## What happens\n\n");
        Table.Write(_text, results, prices);
        HowToRead();
        Plots();
        WhenAssumptionsAreWrong();
        Costs();
        Assumptions();
        return _text.ToString();
    }

    private void Rules()
    {
        // With minimum 0, so that every alarm is there.
        var stack = fleets.For(Traces.BurstFromZero);
        _text.Append("## What the stack says\n\n| alarm | in alarm when, for how many minutes | what the policy does, each minute while in alarm |\n| --- | --- | --- |\n");
        foreach (var alarm in stack.Alarms)
        {
            var sign = alarm.Comparison switch
            {
                CloudWatch.ComparisonOperator.GreaterThanOrEqualToThreshold => "≥",
                CloudWatch.ComparisonOperator.GreaterThanThreshold => ">",
                CloudWatch.ComparisonOperator.LessThanOrEqualToThreshold => "≤",
                _ => "<",
            };
            var policies = stack.Policies.Where(policy => alarm.Actions.Contains(policy.Arn)).Select(policy => Steps(policy, alarm.Threshold));
            _text.Append(CultureInfo.InvariantCulture, $"| `{Short(alarm.Name)}` | `{alarm.Expression}` {sign} {alarm.Threshold}, {alarm.DatapointsToAlarm} of {alarm.EvaluationPeriods} | {string.Join("; ", policies)} |\n");
        }

        _text.Append(CultureInfo.InvariantCulture, $"""

            Maximum {stack.Group.MaxSize}; an instance that leaves has {Table.Time(stack.Group.DrainLimit.TotalSeconds)} to end its work. Visibility timeout {Table.Time(stack.Queue.VisibilityTimeout.TotalSeconds)}, dead letter after {stack.Queue.MaxReceiveCount} receives.

            """);
        foreach (var metric in stack.Alarms.SelectMany(alarm => alarm.Metrics).DistinctBy(pair => pair.Key))
            _text.Append(CultureInfo.InvariantCulture, $"`{metric.Key}` is `{metric.Value.Name}`. ");
        _text.Append('\n');
    }

    private static string Steps(ScalingPolicy policy, double threshold)
    {
        var steps = policy.Steps.Select(step => (step.LowerBound, step.UpperBound) switch
        {
            (null, _) or (0, null) => Change(step),
            (0, { } upper) => $"{Change(step)} below {Table.Number((long)(threshold + upper))}",
            ({ } lower, _) => $"{Change(step)} from {Table.Number((long)(threshold + lower))}",
        });
        return $"{string.Join(", ", steps)}; warm-up {Table.Time(policy.Warmup.TotalSeconds)}";

        string Change(StepAdjustment step) => policy.AdjustmentType switch
        {
            AdjustmentType.ExactCapacity => $"to {step.Adjustment}",
            AdjustmentType.PercentChangeInCapacity => $"{step.Adjustment:+0;-0} %",
            _ => $"{step.Adjustment:+0;-0}",
        };
    }

    private void HowToRead()
    {
        _text.Append(CultureInfo.InvariantCulture, $"""

            - *until empty*: from the arrival until the last message is deleted or a dead letter; not given where arrivals never end.
            - *95 % scanned within*: of all objects that were scanned. *oldest*: the longest that any had waited.
            - *instance-hours*: from each launch to the end of the instance, what was there before the trace included.
            - *out / in*: changes of the desired capacity. *turns*: changes of direction among them. *flaps*: an instance was let
              go, and one was needed within {Result.FlappingWithin.TotalMinutes:0} minutes. There should be none.
            - *cost*: for the trace's whole time, at list prices.


            """);
    }

    private void Plots()
    {
        foreach (var result in results)
            _text.Append(CultureInfo.InvariantCulture, $"![{result.Trace.Title}](scaling/{result.Trace.Name}.svg)\n\n");
    }

    private void WhenAssumptionsAreWrong()
    {
        _text.Append("""
            ## Where the assumptions are wrong

            The million at once, and the week, with other figures than the assumed ones:

            | what is different | a million: until empty | a week: instance-hours | flaps | 95 % scanned within |
            | --- | ---: | ---: | ---: | ---: |

            """);
        (string, Assumptions)[] others =
        [
            ("nothing", Assumed),
            ("half as many objects a second", Assumed with { ObjectsPerSecond = Assumed.ObjectsPerSecond / 2 }),
            ("twice as many", Assumed with { ObjectsPerSecond = Assumed.ObjectsPerSecond * 2 }),
            ("metrics two minutes later", Assumed with { MetricDelaySeconds = Assumed.MetricDelaySeconds + 120 }),
            ("boot takes five minutes longer", Assumed with { ReadySeconds = Assumed.ReadySeconds + 300 }),
        ];
        var rows = others.AsParallel().AsOrdered().Select(other =>
        {
            var burst = Play(Traces.Burst, other.Item2);
            var week = Play(Traces.Week, other.Item2);
            var empty = burst.IsEmptyAtEnd ? Table.Time(burst.EmptyAt - Traces.BurstAt) : "longer than the trace";
            return string.Create(CultureInfo.InvariantCulture, $"| {other.Item1} | {empty} | {week.InstanceHours:N0} | {week.Flaps} | {Table.Time(week.Queue.Waits.Percentile(0.95))} |\n");
        });
        _text.AppendJoin("", rows);
        _text.Append(CultureInfo.InvariantCulture, $"\nA million objects are done within the hour down to {LeastRate()} objects a second for an instance.\n\n");
    }

    private Result Play(Trace trace, Assumptions assumptions)
        => assumptions == Assumed ? results.Single(result => result.Trace == trace) : fleets.Play(trace, assumptions);

    private int LeastRate()
        => Enumerable.Range(5, (int)Assumed.ObjectsPerSecond).First(rate =>
        {
            var burst = fleets.Play(Traces.Burst, Assumed with { ObjectsPerSecond = rate });
            return burst.IsEmptyAtEnd && burst.EmptyAt - Traces.BurstAt <= Hour;
        });

    private void Costs()
    {
        _text.Append(CultureInfo.InvariantCulture, $"""
            ## Cost

            At list prices of {prices.Region}, {prices.Date} ([prices.json](../tests/ClamBucketFleet.Scaling/prices.json)), by the dearest type that the group may launch;
            Spot at {prices.SpotShareOfOnDemand:0%} of On-Demand, which is assumed. Logs, the daemon's own metrics, NAT and KMS are not in it. Tagging clean objects adds
            {Table.Money(1e3 * (prices.S3ThousandPuts + prices.S3ThousandGets))} a million.

            | trace | instances | disks | addresses | SQS | S3 | alarms | all |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |

            """);
        foreach (var result in results)
        {
            var bill = Bill.Of(result, prices);
            var parts = new[] { bill.Instances, bill.Disks, bill.Addresses, bill.Queue, bill.Objects, bill.Alarms, bill.Total };
            _text.Append($"| {result.Trace.Title} | {string.Join(" | ", parts.Select(Table.Money))} |\n");
        }
    }

    private void Assumptions()
    {
        _text.Append(CultureInfo.InvariantCulture, $"""

            ## What is measured, documented and assumed

            | what | value | from |
            | --- | ---: | --- |
            | objects of 100 KB, a second and instance with two processors | {Assumed.ObjectsPerSecond} | a third of the 95 to 110 mixed small files that two cores scanned with 8.7 million signatures: two processors of EC2 are one core with two threads, and these objects are twice as large |
            | messages that cannot be read, a second and instance | {Assumed.PoisonPerSecond} | assumed: nothing is fetched or scanned |
            | launch to in service | {Assumed.LaunchSeconds} s | assumed: EC2 takes 40 to 60 s |
            | in service to READY | {Assumed.ReadySeconds} s | 15 s of boot (assumed), [3 s to READY](package.md), 12 s for clamd to load 8.7 million signatures (measured) |
            | end of work on an instance that leaves | {Assumed.DrainSeconds} s | assumed: objects of 100 KB take less than a second; then {Assumed.ShutdownSeconds} s to its end |
            | until a minute's data point is there | {Assumed.MetricDelaySeconds} s | assumed |
            | metrics of an idle queue end after | {Table.Time(Assumed.AwakeSeconds)} | [documented](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html); they come again after up to {Table.Time(Assumed.WakingSeconds)} |
            | notice of a Spot interruption | {Assumed.SpotNoticeSeconds} s | [documented](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html); the group replaces the instance {Assumed.SpotReplacementSeconds} s after its end (assumed), rebalance recommendations left out |
            | alarms and policies | | [missing data](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html), [step scaling](https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html), [warm-up](https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html); tests hold the simulation to these pages' examples |

            """);
    }

    // Between the stack's name and what CloudFormation makes unique.
    private static string Short(string name) => name.Split('-') is [.., var logical, _] ? logical : name;
}
