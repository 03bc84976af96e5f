namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>One stack for all tests of a class, made when the first of them asks.</summary>
public sealed class StackFixture : IAsyncDisposable
{
    private Task<StackRole>? _stack;

    // The tests of a class come one after another.
    internal Task<StackRole> GetAsync(Func<Task<StackRole>> create) => _stack ??= create();

    public async ValueTask DisposeAsync()
    {
        // One that could not be made has told the tests, and has disposed of itself.
        if (_stack is { IsCompletedSuccessfully: true }) (await _stack).Dispose();
    }
}
