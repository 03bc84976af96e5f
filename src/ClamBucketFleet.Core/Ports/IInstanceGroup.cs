namespace ClamBucketFleet;

/// <summary>The group that this machine is an instance of, and that ends and replaces it.</summary>
public interface IInstanceGroup
{
    /// <summary>The group's name; null for a machine in none.</summary>
    /// <exception cref="TryAgainException">It cannot be asked for.</exception>
    Task<string?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Has the group wait on before it ends this instance.</summary>
    /// <returns>When it wants to hear that again.</returns>
    /// <exception cref="TryAgainException">It did not take that.</exception>
    Task<TimeSpan> KeepWaitingAsync(CancellationToken cancellationToken);

    /// <summary>Lets the group end this instance now: all work has ended.</summary>
    /// <exception cref="TryAgainException">It did not take that, and goes on when its own time is over.</exception>
    Task ContinueAsync(CancellationToken cancellationToken);

    /// <summary>Has the group replace this instance, whatever its grace period.</summary>
    /// <returns>False for a machine in no group.</returns>
    /// <exception cref="TryAgainException">The group did not take that.</exception>
    Task<bool> ReportUnhealthyAsync(CancellationToken cancellationToken);
}
