namespace ClamBucketFleet.Scaling;

/// <summary>All that the stack does not say: what was measured, what AWS documents, and what is assumed. Seconds, where nothing else is named.</summary>
public sealed record Assumptions
{
    /// <summary>
    /// Objects of 100 KB a second for an instance with two processors. Two cores scanned 95 to 110 mixed files of 1 to
    /// 100 KB a second, with 8.7 million signatures; two processors of EC2 are one core with two threads, and these
    /// objects are twice as large as the mean of those. A third of what was measured is left.
    /// </summary>
    public double ObjectsPerSecond { get; init; } = 30;

    /// <summary>Messages that cannot be read, a second and instance: no object is fetched, and clamd has no part in it.</summary>
    public double PoisonPerSecond { get; init; } = 200;

    /// <summary>Objects in work at once: what `Scan:Concurrency` chooses on two processors.</summary>
    public int Places { get; init; } = 8;

    /// <summary>S3's part of the time that an object is in work (assumed).</summary>
    public double StoreLatency { get; init; } = 0.04;

    /// <summary>From the launch until the group calls an instance in service: EC2 takes 40 to 60 s (assumed).</summary>
    public int LaunchSeconds { get; init; } = 50;

    /// <summary>
    /// From then to READY: 15 s of kernel and cloud-init (assumed), 3 s from systemd's start to READY (docs/package.md), and
    /// 12 s for clamd to load 8.7 million signatures (measured).
    /// </summary>
    public int ReadySeconds { get; init; } = 15 + 3 + 12;

    /// <summary>What an instance that leaves still has in hand: objects of 100 KB take a second, a few larger ones longer.</summary>
    public int DrainSeconds { get; init; } = 10;

    /// <summary>From the end of the drain until EC2 has ended the instance (assumed).</summary>
    public int ShutdownSeconds { get; init; } = 30;

    /// <summary>EC2's notice of a Spot interruption (documented).</summary>
    public int SpotNoticeSeconds { get; init; } = 120;

    /// <summary>Until the group has seen that an interrupted instance is gone (assumed).</summary>
    public int SpotReplacementSeconds { get; init; } = 60;

    /// <summary>Until CloudWatch has the data point of a minute that is over (assumed).</summary>
    public int MetricDelaySeconds { get; init; } = 60;

    /// <summary>SQS delivers no metrics of a queue that nobody has touched for six hours (documented).</summary>
    public int AwakeSeconds { get; init; } = 6 * 3600;

    /// <summary>Until metrics of such a queue come again, at the worst (documented as up to 15 minutes).</summary>
    public int WakingSeconds { get; init; } = 15 * 60;
}
