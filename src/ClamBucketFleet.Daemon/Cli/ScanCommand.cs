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
            if (!S3Location.Is(request.Target) && (request.Apply || request.VersionId is not null))
                throw new UsageException("--apply and --version-id go with s3://bucket/key: a file on disk is never changed.");

            var options = ConfigurationLoader.Load(parsed.GetValue(config), settings, queueIsRequired: false);
            using var loggers = LogSetup.ForCommand();
            await using var fleet = new Fleet(options, loggers, TimeProvider.System);
            await fleet.Fitness.ProveAsync(cancellationToken).ConfigureAwait(false);
            var outcome = S3Location.Is(request.Target)
                ? await ScanObjectAsync(fleet, request, cancellationToken).ConfigureAwait(false)
                : await ScanFileAsync(fleet, request, cancellationToken).ConfigureAwait(false);
            ScanOutput.Write(outcome, fleet.Alerts, request.Json, S3Location.Is(request.Target) && !request.Apply);
            return ExitCode.Of(outcome.Verdict);
        });
    }

    public string Examples => """
        Examples:
          clambucketfleet scan s3://uploads/invoice.pdf
          clambucketfleet scan s3://uploads/invoice.pdf --version-id 3HL4kqtJlcpXroDTDmJ --apply
          clambucketfleet scan --json ./download.zip

        Exit codes: 0 clean, 1 infected, 2 unscannable, 66 no such object or file.
        """;

    private static async Task<ObjectOutcome> ScanObjectAsync(Fleet fleet, Request request, CancellationToken cancellationToken)
    {
        var location = S3Location.Parse(request.Target);
        var processor = fleet.Processor();
        var outcome = await ScanProgress.RunAsync(
            location.ToString(),
            progress => processor.ScanAsync(
                new ObjectRef(location.Bucket, location.Key, request.VersionId),
                progress is null ? null : (content, bytes) => progress(bytes, content.Size),
                cancellationToken)).ConfigureAwait(false);
        return request.Apply
            ? await fleet.Steps.ApplyAsync(outcome, null, cancellationToken).ConfigureAwait(false)
            : outcome;
    }

    private static async Task<ObjectOutcome> ScanFileAsync(Fleet fleet, Request request, CancellationToken cancellationToken)
    {
        await using var file = Open(request.Target);
        var report = await ScanProgress.RunAsync(
            request.Target,
            progress => fleet.Scanner.ScanAsync(
                file,
                file.Length,
                progress is null ? null : bytes => progress(bytes, file.Length),
                cancellationToken)).ConfigureAwait(false);
        return new ObjectOutcome(
            new ObjectRef("", Path.GetFullPath(request.Target)),
            new ObjectIdentity("", Path.GetFullPath(request.Target), null, "", file.Length),
            report.Verdict,
            "NONE",
            null,
            report);
    }

    private static FileStream Open(string path)
    {
        try
        {
            var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 0 });
            if (file.CanSeek)
                return file;
            file.Dispose();
            throw new NotFoundException($"'{SafeText.Escape(path)}' is not a regular file.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NotFoundException($"The file cannot be read: {e.Message}", e);
        }
    }

    private sealed record Request(string Target, string? VersionId, bool Apply, bool Json);
}
