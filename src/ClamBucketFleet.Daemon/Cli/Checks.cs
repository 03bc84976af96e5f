using System.Globalization;
using System.Runtime.CompilerServices;
using ClamBucketFleet.ClamAv;
using ClamBucketFleet.Daemon.Hosting;
using ClamBucketFleet.Options;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary>How a check came out.</summary>
internal enum CheckState
{
    Ok,
    Warning,
    Failed,
}

/// <summary>One line of <c>check</c>.</summary>
/// <param name="Code">What <c>check</c> exits with on account of this; 0 unless it failed.</param>
internal sealed record CheckResult(string Name, string Detail, CheckState State = CheckState.Ok, int Code = ExitCode.Done);

/// <summary>All that the daemon needs, each asked for by itself: one that fails hides no other.</summary>
internal sealed class Checks(Fleet fleet, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public async IAsyncEnumerable<CheckResult> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await CheckAsync("credentials", async ct => await fleet.Probe.CallerAsync(ct).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        yield return await CheckAsync("queue", QueueAsync, cancellationToken).ConfigureAwait(false);
        yield return await TopicAsync(cancellationToken).ConfigureAwait(false);
        foreach (var bucket in Buckets())
            yield return await CheckAsync("bucket", ct => fleet.Probe.BucketAsync(bucket, ct), cancellationToken).ConfigureAwait(false);
        yield return await CheckAsync("engine", EngineAsync, cancellationToken).ConfigureAwait(false);
        yield return await CheckAsync("self-test", SelfTestAsync, cancellationToken).ConfigureAwait(false);
        await foreach (var result in ClamdSettingsAsync(cancellationToken).ConfigureAwait(false))
            yield return result;
        yield return await CheckAsync("definitions", DefinitionsAsync, cancellationToken).ConfigureAwait(false);
        if (await InstanceAsync(cancellationToken).ConfigureAwait(false) is { } instance)
            yield return instance;
        if (fleet.Options.Scan.Engine != EngineKind.Clamd)
            yield return await CheckAsync("spool", SpoolAsync, cancellationToken).ConfigureAwait(false);
    }

    private async Task<CheckResult> CheckAsync(string name, Func<CancellationToken, Task<string>> ask, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return new CheckResult(name, await ask(either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CheckResult(name, $"no answer within {ValueParser.Duration(Limit)}", CheckState.Failed, ExitCode.Unavailable);
        }
        catch (WarningException e)
        {
            return new CheckResult(name, e.Message, CheckState.Warning);
        }
        catch (Exception e) when (e is TryAgainException or ScannerUnavailableException or FatalConfigurationException)
        {
            // What does not exist here was named by the configuration.
            return new CheckResult(name, e.Message, CheckState.Failed, e is NotFoundException ? ExitCode.BadConfiguration : ExitCode.Of(e));
        }
    }

    private async Task<string> QueueAsync(CancellationToken cancellationToken)
    {
        var facts = await fleet.Queue(TimeSpan.Zero).DescribeAsync(cancellationToken).ConfigureAwait(false);
        var depth = string.Create(CultureInfo.InvariantCulture, $"{facts.Waiting:N0} waiting, {facts.InFlight:N0} in flight");
        return facts.DeadLetterArn is not null
            ? $"{depth}; after {facts.MaxReceiveCount} deliveries to {facts.DeadLetterArn}"
            : throw new WarningException($"{depth}; no dead-letter queue: a message that cannot be worked on comes back until it is too old");
    }

    private async Task<CheckResult> TopicAsync(CancellationToken cancellationToken) => fleet.Options.Alerts.TopicArn is { } arn
        ? await CheckAsync("topic", ct => fleet.Probe.TopicAsync(arn, ct), cancellationToken).ConfigureAwait(false)
        : new CheckResult("topic", $"{Settings.AlertsTopicArn.Key} is not set: nobody hears of infected objects", CheckState.Warning);

    private IEnumerable<string> Buckets()
    {
        var policies = fleet.Options.Buckets.Values.Prepend(fleet.Options.Policy).ToArray();
        return fleet.Options.Buckets.Keys
            .Concat(policies.Where(p => p.Infected == InfectedAction.Quarantine || p.Unscannable == UnscannableAction.Quarantine).Select(p => p.Quarantine.Bucket!))
            .Concat(policies.Where(p => p.Clean == CleanAction.Move).Select(p => p.CleanDestination.Bucket!))
            .Distinct(StringComparer.Ordinal);
    }

    private async Task<string> EngineAsync(CancellationToken cancellationToken)
    {
        var engine = await fleet.Engine.DescribeAsync(cancellationToken).ConfigureAwait(false);
        return $"{engine.Version} by {engine.Kind}";
    }

    private async Task<string> SelfTestAsync(CancellationToken cancellationToken)
    {
        await SelfTest.FindAsync(fleet.Engine, cancellationToken).ConfigureAwait(false);
        return "EICAR was found, as it is and inside an archive";
    }

    // One line for each that is to be changed. Where clamscan can take over, clamd's settings stop nothing.
    private async IAsyncEnumerable<CheckResult> ClamdSettingsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const string name = "clamd settings";
        var scan = fleet.Options.Scan;
        if (scan.Engine == EngineKind.Clamscan || !scan.SelfTest)
            yield break;

        IReadOnlyList<ClamdSetting> missing = [];
        IReadOnlyList<string> blindSpots = [];
        var asked = await CheckAsync(
            name,
            async ct =>
            {
                await using var clamd = fleet.Clamd();
                missing = await clamd.MissingSettingsAsync(ct).ConfigureAwait(false);
                blindSpots = await clamd.BlindSpotsAsync(ct).ConfigureAwait(false);
                return "every limit speaks, and all kinds of files are looked into";
            },
            cancellationToken).ConfigureAwait(false);
        var isNeeded = scan.Engine == EngineKind.Clamd;
        if (missing.Count == 0)
            yield return isNeeded || asked.State == CheckState.Ok ? asked : asked with { State = CheckState.Warning, Code = ExitCode.Done };

        foreach (var spot in blindSpots)
            yield return new CheckResult(name, spot, CheckState.Warning);

        foreach (var setting in missing)
        {
            yield return new CheckResult(
                name,
                $"'{setting.Line}' must stand at the top of clamd.conf, and clamd be restarted: without it, {setting.Otherwise}" +
                (isNeeded ? "" : "; until then clamscan is used"),
                isNeeded ? CheckState.Failed : CheckState.Warning,
                isNeeded ? ExitCode.Unavailable : ExitCode.Done);
        }
    }

    private async Task<string> DefinitionsAsync(CancellationToken cancellationToken)
    {
        var engine = await fleet.Engine.DescribeAsync(cancellationToken).ConfigureAwait(false);
        if (engine.DefinitionsPublished is not { } published)
            throw new WarningException("their age is not known");

        var age = time.GetUtcNow() - published;
        var words = string.Create(CultureInfo.InvariantCulture,
            $"{engine.DefinitionsVersion} of {published.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {age.TotalHours:0} hours old");
        var limit = fleet.Options.Scan.MaxDefinitionsAge;
        return age <= limit
            ? words
            : throw new ScannerUnavailableException($"{words}: older than {ValueParser.Duration(limit)} ({Settings.ScanMaxDefinitionsAge.Key}); run 'clambucketfleet definitions update'");
    }

    // Null off EC2. Work goes on without the group; only nobody tells it when work has ended.
    private async Task<CheckResult?> InstanceAsync(CancellationToken cancellationToken)
    {
        if (fleet.Metadata is not { } metadata || fleet.Group is not { } group)
            return null;
        string? id;
        try
        {
            id = await metadata.ReadAsync("instance-id", cancellationToken).ConfigureAwait(false);
        }
        catch (ServiceUnreachableException)
        {
            return null;
        }

        var found = await CheckAsync(
            "instance",
            async ct => await group.FindAsync(ct).ConfigureAwait(false) is { } name
                ? $"{id} in the Auto Scaling group {SafeText.Escape(name)}"
                : $"{id} in no Auto Scaling group",
            cancellationToken).ConfigureAwait(false);
        return found.State == CheckState.Failed ? found with { State = CheckState.Warning, Code = ExitCode.Done } : found;
    }

    private Task<string> SpoolAsync(CancellationToken cancellationToken)
    {
        var directory = fleet.Options.Scan.SpoolDirectory;
        if (WritableDirectory.WhyNotIfMade(directory) is { } error)
            throw new ScannerUnavailableException($"{directory} cannot be written to ({Settings.ScanSpoolDirectory.Key}): {error}");

        var free = new DriveInfo(WritableDirectory.Existing(directory)).AvailableFreeSpace;
        return Task.FromResult(string.Create(CultureInfo.InvariantCulture, $"{directory}, {free >> 20:N0} MiB free"));
    }

    private sealed class WarningException(string message) : Exception(message);
}
