namespace ClamBucketFleet.Scaling.CloudWatch;

/// <summary>A metric by namespace and name. Dimensions are checked where the stack is read: they must name its own parts.</summary>
public sealed record Metric(string Namespace, string Name)
{
    public override string ToString() => $"{Namespace} {Name}";
}
