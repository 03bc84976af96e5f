using System.Runtime.CompilerServices;

namespace ClamBucketFleet.TestKit;

/// <summary>The one place that polls, for what announces itself in no other way.</summary>
public static class Eventually
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <exception cref="TimeoutException">The condition did not hold within the time; the message names it.</exception>
    public static Task UntilAsync(
        Func<bool> condition,
        TimeSpan within,
        CancellationToken cancellationToken,
        [CallerArgumentExpression(nameof(condition))] string? name = null)
        => UntilAsync(_ => Task.FromResult(condition()), within, cancellationToken, name);

    /// <inheritdoc cref="UntilAsync(Func{bool}, TimeSpan, CancellationToken, string?)"/>
    public static async Task UntilAsync(
        Func<CancellationToken, Task<bool>> condition,
        TimeSpan within,
        CancellationToken cancellationToken,
        [CallerArgumentExpression(nameof(condition))] string? name = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(within);
        try
        {
            for (var pause = FirstPause; !await condition(limit.Token); pause = Longer(pause))
                await Task.Delay(pause, TimeProvider.System, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Not within {within}: {name}");
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;
}
