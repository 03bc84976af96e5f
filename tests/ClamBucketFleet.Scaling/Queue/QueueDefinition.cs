namespace ClamBucketFleet.Scaling.Queue;

/// <summary>What GetQueueAttributes says of the scan queue.</summary>
public sealed record QueueDefinition(string Name, TimeSpan VisibilityTimeout, int MaxReceiveCount);
