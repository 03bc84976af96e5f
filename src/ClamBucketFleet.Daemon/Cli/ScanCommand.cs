using System.CommandLine;
using ClamBucketFleet.Daemon.Hosting;
using ClamBucketFleet.Daemon.Logging;
using ClamBucketFleet.Pipeline;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary><c>scan</c>: one object or file, now.</summary>
internal sealed class ScanCommand : Command, IHasExamples
{
    public ScanCommand(Option<string?> config, IReadOnlyDictionary<string, string?> settings)
        : base("scan", "Scans one object, or one file on disk, and prints the verdict.")
    {
        var target = new Argument<string>("target") { Description = "s3://bucket/key, or a path.", HelpName = "s3://bucket/key | path" };
        var version = new Option<string?>("--version-id") { Description = "This version of the object.", HelpName = "id" };
        var apply = new Option<bool>("--apply") { Description = "Does with the object what the daemon would do, and alerts." };
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        Add(target);
        Add(version);
        Add(apply);
        Add(json);
        SetAction(async (parsed, cancellationToken) =>
        {
            var request = new Request(
                parsed.GetRequiredValue(target), parsed.GetValue(version), parsed.GetValue(apply), parsed.GetValue(json));
            return await RunAsync(request, parsed.GetValue(config), settings, cancellationToken).ConfigureAwait(false);
        });
    }

    public string Examples => """
        Examples:
          clambucketfleet scan s3://uploads/invoice.pdf
          clambucketfleet scan s3://uploads/invoice.pdf --version-id 3HL4kqtJlcpXroDTDmJ --apply
          clambucketfleet scan --json ./download.zip

        Exit codes: 0 clean, 1 infected, 2 unscannable, 66 no such object or file.
        """;

    // What is wrong with the command line shows before an engine is asked for: clamscan takes its time to answer.
    private static async Task<int> RunAsync(
        Request request,
        string? config,
        IReadOnlyDictionary<string, string?> settings,
        CancellationToken cancellationToken)
    {
        var location = S3Location.Is(request.Target) ? S3Location.Parse(request.Target) : null;
        if (location is null && (request.Apply || request.VersionId is not null))
            throw new UsageException("--apply and --version-id go with s3://bucket/key: a file on disk is never changed.");

        await using var file = location is null ? LocalFile.Open(request.Target) : null;
        var options = ConfigurationLoader.Load(config, settings, queueIsRequired: false);
        using var loggers = LogSetup.ForCommand();
        await using var fleet = new Fleet(options, loggers, TimeProvider.System);
        await fleet.Fitness.ProveAsync(cancellationToken).ConfigureAwait(false);
        var outcome = file is null
            ? await ScanObjectAsync(fleet, location!, request, cancellationToken).ConfigureAwait(false)
            : await ScanFileAsync(fleet, file, request.Target, cancellationToken).ConfigureAwait(false);
        ScanOutput.Write(outcome, fleet.Alerts, request.Json, couldApply: location is not null && !request.Apply);
        return ExitCode.Of(outcome.Verdict);
    }

    private static async Task<ObjectOutcome> ScanObjectAsync(
        Fleet fleet,
        ObjectLocation location,
        Request request,
        CancellationToken cancellationToken)
    {
        var processor = fleet.Processor();
        var outcome = await ScanProgress.RunAsync(
            location.ToString(),
            progress => processor.ScanAsync(
                new ObjectRef(location.Bucket, location.Key, request.VersionId),
                progress is null ? null : (content, bytes) => progress(bytes, content.Size),
                cancellationToken)).ConfigureAwait(false);
        return request.Apply
            ? await fleet.Steps.ApplyAsync(outcome, fleet.Options, null, cancellationToken).ConfigureAwait(false)
            : outcome;
    }

    private static async Task<ObjectOutcome> ScanFileAsync(
        Fleet fleet,
        FileStream file,
        string path,
        CancellationToken cancellationToken)
    {
        var (fullPath, length) = (Path.GetFullPath(path), file.Length);
        var report = await ScanProgress.RunAsync(
            path,
            progress => fleet.Scanner.ScanAsync(
                file,
                length,
                fleet.Options.Scan,
                progress is null ? null : bytes => progress(bytes, length),
                Pulse.Unwatched,
                cancellationToken)).ConfigureAwait(false);
        return new ObjectOutcome(
            new ObjectRef("", fullPath),
            new ObjectIdentity("", fullPath, null, "", length),
            report.Verdict,
            "NONE",
            null,
            report);
    }

    private sealed record Request(string Target, string? VersionId, bool Apply, bool Json);
}
