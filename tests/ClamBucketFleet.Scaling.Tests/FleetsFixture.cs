using System.Collections.Concurrent;
using ClamBucketFleet.Scaling.Stack;
using ClamBucketFleet.Scaling.Tests;
using Xunit;

[assembly: AssemblyFixture(typeof(FleetsFixture))]

namespace ClamBucketFleet.Scaling.Tests;

/// <summary>The template's stacks, created once in the stand-in and read back, and each trace played once against them.</summary>
public sealed class FleetsFixture : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<Result>> _results = [];

    public Fleets Fleets { get; private set; } = null!;

    public async ValueTask InitializeAsync()
        => Fleets = await Fleets.CreateAsync(StackMaker.Template, TestContext.Current.CancellationToken);

    public Result Play(Trace trace)
        => _results.GetOrAdd(trace.Name, _ => new Lazy<Result>(() => Fleets.Play(trace))).Value;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
