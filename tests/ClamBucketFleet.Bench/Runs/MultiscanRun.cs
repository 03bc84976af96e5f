using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Bench.Runs;

/// <summary>ClamAV's own way with many files: <c>clamdscan --fdpass --multiscan</c> on a directory.</summary>
internal sealed class MultiscanRun(ClamdServer clamd, Corpus corpus, string files)
{
    public async Task<Sample> RunAsync(CancellationToken cancellationToken)
    {
        var before = ProcessFigures.Cpu(clamd.Pid);
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var result = await new Command(
            Command.Require("clamdscan"), $"--config-file={clamd.ConfigurationFile}", "--fdpass", "--multiscan", "--infected", "--no-summary", files)
            .RunAsync(cancellationToken);
        var seconds = time.GetElapsedTime(started).TotalSeconds;
        var found = result.Output.Split('\n').Count(line => line.EndsWith(" FOUND", StringComparison.Ordinal));
        var infected = corpus.Objects.Count(entry => entry.Infected);
        IReadOnlyList<string> wrong = found == infected && result.ExitCode == (infected > 0 ? 1 : 0)
            ? []
            : [$"clamdscan found {found} of {infected} and ended with {result.ExitCode}: {result.Error}"];
        return new Sample(corpus.Objects.Count, corpus.Bytes, seconds, wrong)
        {
            ClamdCpu = (ProcessFigures.Cpu(clamd.Pid) - before) / corpus.Objects.Count,
        };
    }
}
