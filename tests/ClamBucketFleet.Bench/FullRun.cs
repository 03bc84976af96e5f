using ClamBucketFleet.Bench.Groups;
using ClamBucketFleet.Bench.Report;

namespace ClamBucketFleet.Bench;

/// <summary>The groups that are asked for, one after the other.</summary>
internal static class FullRun
{
    /// <exception cref="WrongResultException">A run was wrong; nothing is written.</exception>
    public static async Task<Results> RunAsync(
        IReadOnlyList<Group> groups, int rounds, ulong seed, double scale, string command, Action<string> tell, CancellationToken cancellationToken)
    {
        var machine = await Machine.ReadAsync(cancellationToken);
        await using var bench = await Bench.StartAsync(seed, scale, cancellationToken);
        var (series, rows) = (new List<Series>(), new List<Row>());
        foreach (var group in groups)
        {
            var result = await group.RunAsync(bench, rounds, tell, cancellationToken);
            series.AddRange(result.Series);
            rows.AddRange(result.Rows);
        }

        if (Results.MemoryRow(series) is { } memory)
            rows.Add(memory);
        return new Results(command, machine, TimeProvider.System.GetUtcNow(), seed, rounds, scale, rows, series);
    }
}
