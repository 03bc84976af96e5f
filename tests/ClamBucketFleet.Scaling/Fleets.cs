using ClamBucketFleet.Scaling.Stack;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Scaling;

/// <summary>A created stack for each set of parameters that a trace asks for.</summary>
public sealed class Fleets
{
    private readonly Dictionary<string, FleetStack> _stacks = [];

    public FleetStack For(Trace trace) => _stacks[Key(trace)];

    public Result Play(Trace trace, Assumptions? assumptions = null) => Simulation.Run(For(trace), trace, assumptions);

    /// <summary>Creates the stacks in a stand-in that ends with this, and reads them back.</summary>
    public static async Task<Fleets> CreateAsync(string template, CancellationToken cancellationToken)
    {
        await using var server = await MotoServer.StartWholeAsync(cancellationToken);
        var aws = new AwsCli(server);
        var wanted = Traces.All.DistinctBy(Key).Index().ToList();
        var maker = new StackMaker(aws);
        foreach (var (index, trace) in wanted)
            await maker.CreateAsync(Name(index), template, trace.Settings, cancellationToken);

        var fleets = new Fleets();
        var reader = new StackReader(aws);
        foreach (var (index, trace) in wanted) fleets._stacks[Key(trace)] = await reader.ReadAsync(Name(index), cancellationToken);
        return fleets;

        static string Name(int index) => $"fleet-{index + 1}";
    }

    /// <summary>One stack for every trace, whatever the trace asks for.</summary>
    public static async Task<Fleets> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var stack = await new StackReader(new AwsCli(null)).ReadAsync(name, cancellationToken);
        var fleets = new Fleets();
        foreach (var trace in Traces.All) fleets._stacks[Key(trace)] = stack;
        return fleets;
    }

    private static string Key(Trace trace) => string.Join(' ', trace.Settings.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}"));
}
