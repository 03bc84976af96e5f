using System.Globalization;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Bench.Runs;

/// <summary>
/// clamd as the package sets it up, with one difference: no cache of clean contents, so that a second run over the same
/// objects measures scans.
/// </summary>
internal static class BenchClamd
{
    /// <summary>Loading eight million signatures on a machine that has other things to do.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);

    /// <summary>As the package's prepare-clamd chooses.</summary>
    private static int Threads => Math.Min(68, Math.Max(20, (Environment.ProcessorCount * 4) + 4));

    public static Task<ClamdServer> StartAsync(string definitions, CancellationToken cancellationToken) => ClamdServer.StartAsync(
        new ClamdOptions
        {
            ConfigurationFile = Repository.Combine("packaging", "clamd.conf"),
            DatabaseDirectory = definitions,
            StartLimit = StartLimit,
            FirstLines = ["DisableCache yes", string.Create(CultureInfo.InvariantCulture, $"MaxThreads {Threads}"), "SelfCheck 0"],
        },
        cancellationToken);
}
