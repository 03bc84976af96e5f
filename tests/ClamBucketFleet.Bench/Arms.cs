using ClamBucketFleet.Bench.Runs;

namespace ClamBucketFleet.Bench;

/// <summary>One of several things that are measured against each other.</summary>
/// <param name="Name">In the table and the plots.</param>
/// <param name="Run">Once.</param>
/// <param name="Rounds">In how many rounds it takes part; null is all.</param>
internal sealed record Arm(string Name, Func<CancellationToken, Task<Sample>> Run, int? Rounds = null);

/// <summary>What the rounds of one arm came to.</summary>
internal sealed record Series(string Scenario, string Arm, IReadOnlyList<Sample> Samples)
{
    public double Median(Func<Sample, double> figure) => Statistics.Median(Samples.Select(figure));

    public double Least(Func<Sample, double> figure) => Samples.Min(figure);

    public double Most(Func<Sample, double> figure) => Samples.Max(figure);
}

/// <summary>Arms on the same objects, round after round, each in turn: what slows the machine down meets all of them.</summary>
internal sealed class Scenario(string name, IReadOnlyList<Arm> arms)
{
    /// <exception cref="WrongResultException">A run did something wrong: there is no figure.</exception>
    public async Task<IReadOnlyList<Series>> RunAsync(int rounds, Action<string> tell, CancellationToken cancellationToken)
    {
        var samples = arms.ToDictionary(arm => arm.Name, _ => new List<Sample>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var arm in arms.Where(arm => round < (arm.Rounds ?? rounds)))
            {
                var sample = await arm.Run(cancellationToken);
                if (sample.Wrong.Count > 0)
                    throw new WrongResultException($"{name}, {arm.Name}:\n  {string.Join("\n  ", sample.Wrong.Take(20))}");
                samples[arm.Name].Add(sample);
                tell($"{name}, {arm.Name}, round {round + 1}: {sample.ObjectsPerSecond:0.0} objects/s, {sample.MegabytesPerSecond:0.0} MB/s in {sample.Seconds:0.0} s");
            }
        }

        return [.. samples.Where(arm => arm.Value.Count > 0).Select(arm => new Series(name, arm.Key, arm.Value))];
    }
}

/// <summary>A verdict, a message or a request was not what it must be.</summary>
internal sealed class WrongResultException(string message) : Exception(message);
