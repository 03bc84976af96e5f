namespace ClamBucketFleet.Core.Tests.Fakes;

/// <summary>A group that notes what it is told.</summary>
internal sealed class FakeGroup : IInstanceGroup
{
    public int Reports { get; private set; }

    public bool IsMember { get; set; } = true;

    public Exception? Failure { get; set; }

    public Task<string?> FindAsync(CancellationToken cancellationToken) => Task.FromResult(IsMember ? "group" : null);

    public Task<TimeSpan> KeepWaitingAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ContinueAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> ReportUnhealthyAsync(CancellationToken cancellationToken)
    {
        Reports++;
        return Failure is null ? Task.FromResult(IsMember) : Task.FromException<bool>(Failure);
    }
}
