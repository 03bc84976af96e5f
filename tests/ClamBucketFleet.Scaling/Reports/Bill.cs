using System.Globalization;

namespace ClamBucketFleet.Scaling.Reports;

/// <summary>What a trace costs at list prices. Logs, the daemon's own metrics, NAT and other people's reads are not in it.</summary>
public sealed record Bill(double Instances, double Disks, double Addresses, double Queue, double Objects, double Alarms)
{
    public double Total => Instances + Disks + Addresses + Queue + Objects + Alarms;

    public static Bill Of(Result result, Prices prices)
    {
        var hours = result.InstanceHours;
        var duration = result.Trace.Duration.TotalHours;
        var sqs = result.Queue.Sent
            + result.Queue.Receives / prices.MessagesOfReceive
            + result.Queue.Waits.Count / prices.MessagesOfDelete
            + result.IdleSeconds / prices.IdlePollSeconds;
        return new Bill(
            hours * InstanceHour(result, prices),
            hours * Setting("VolumeSize") * prices.Gp3GigabyteMonth / prices.HoursOfMonth,
            result.Stack.Parameters.GetValueOrDefault("AssignPublicIp") == "true" ? hours * prices.PublicAddressHour : 0,
            sqs / 1e6 * prices.SqsMillionRequests,
            result.Queue.Waits.Count / 1e3 * prices.S3ThousandGets,
            result.Stack.AlarmMetrics * prices.CloudWatchAlarmMetricMonth * duration / prices.HoursOfMonth);

        double Setting(string name) => double.Parse(result.Stack.Parameters[name], CultureInfo.InvariantCulture);
    }

    // By the dearest type that the group may launch. On-Demand instances come first, as many as the base asks for.
    private static double InstanceHour(Result result, Prices prices)
    {
        var group = result.Stack.Group;
        var dearest = group.InstanceTypes.Max(type => prices.OnDemandHour.TryGetValue(type, out var price)
            ? price
            : throw new NotSupportedException($"prices.json has no price for {type}: add it"));
        var based = Math.Min(1, group.OnDemandBase * result.Trace.Duration.TotalHours / result.InstanceHours);
        var onDemand = based + (1 - based) * group.OnDemandPercentage / 100.0;
        return dearest * (onDemand + (1 - onDemand) * prices.SpotShareOfOnDemand);
    }
}
