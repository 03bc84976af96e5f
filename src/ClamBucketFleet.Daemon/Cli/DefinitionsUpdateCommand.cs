using System.CommandLine;
using ClamBucketFleet.ClamAv;
using ClamBucketFleet.Daemon.Hosting;
using ClamBucketFleet.Daemon.Logging;
using ClamBucketFleet.Options;
using ClamBucketFleet.Pipeline;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary><c>definitions update</c>: what the timer runs.</summary>
internal sealed class DefinitionsUpdateCommand : Command, IHasExamples
{
    internal const string Text = """
        Examples:
          clambucketfleet definitions update
          runuser -u clamav -- clambucketfleet definitions update --json
          clambucketfleet definitions update --freshclam-config /etc/clamav/freshclam.conf

        Runs as the user that the database directory belongs to. Exit codes: 0 the definitions in use are as they should be,
        69 something needed is unavailable, 75 try again, 78 the configuration is wrong.
        """;

    public DefinitionsUpdateCommand(Option<string?> config, IReadOnlyDictionary<string, string?> settings)
        : base("update", "Fetches new definitions with freshclam or from the fleet's mirror, tests them, and has clamd load them.")
    {
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        var freshclam = new Option<string>("--freshclam")
        {
            Description = "The program, by name or path.",
            DefaultValueFactory = _ => "freshclam",
            HelpName = "path",
        };
        var freshclamConfig = new Option<string?>("--freshclam-config")
        {
            Description = $"Its configuration; by default {string.Join(", else ", FreshclamSettings.UsualConfigurationFiles)}.",
            HelpName = "file",
        };
        Add(json);
        Add(freshclam);
        Add(freshclamConfig);
        SetAction(async (parsed, cancellationToken) =>
        {
            var options = ConfigurationLoader.Load(parsed.GetValue(config), settings, queueIsRequired: false);
            var programs = new FreshclamSettings(parsed.GetRequiredValue(freshclam), parsed.GetValue(freshclamConfig));
            return await RunAsync(options, programs, parsed.GetValue(json), cancellationToken).ConfigureAwait(false);
        });
    }

    public string Examples => Text;

    private static async Task<int> RunAsync(
        FleetOptions options, FreshclamSettings freshclam, bool json, CancellationToken cancellationToken)
    {
        using var loggers = LogSetup.ForUpdate(options.Log);
        var logger = loggers.CreateLogger<DefinitionsUpdateCommand>();
        using var metrics = new UpdateMetrics(TimeProvider.System);
        using var export = MetricsExport.Start();
        var report = await UpdateAsync(options, freshclam, loggers, cancellationToken).ConfigureAwait(false);
        metrics.Count(report.Word);
        metrics.Definitions = report.InUse?.Published;

        if (report.Failure is { } failure && report.Code == ExitCode.Internal)
            Log.Crashed(logger, failure);
        else if (report.Failure is not null)
            Log.NotUpdated(logger, report.Failure.Message);
        if (json)
            report.WriteJson();
        else
            report.WriteText();
        return report.Code;
    }

    private static async Task<UpdateReport> UpdateAsync(
        FleetOptions options, FreshclamSettings freshclam, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            await DatabaseOwner.ExpectAsync(options.Scan.DatabaseDirectory, cancellationToken).ConfigureAwait(false);
            using var place = UpdatePlace.Take(options.Scan.DatabaseDirectory);
            await using var fleet = new Fleet(options, loggers, TimeProvider.System);
            var report = await UpdateAsync(fleet, place, freshclam, loggers, cancellationToken).ConfigureAwait(false);
            await AlertAsync(options, report, loggers, cancellationToken).ConfigureAwait(false);
            return report;
        }
        catch (UpdateUnderWayException e)
        {
            return new UpdateReport(null, e, null);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var report = new UpdateReport(null, e, null);
            await AlertAsync(options, report, loggers, cancellationToken).ConfigureAwait(false);
            return report;
        }
    }

    // What fails here is told beside what the update came to, never in its place.
    private static async Task AlertAsync(
        FleetOptions options, UpdateReport report, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            await using var fleet = new Fleet(options, loggers, TimeProvider.System);
            await fleet.UpdateAlerts().AfterUpdateAsync(report.Failure?.Message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotAlerted(loggers.CreateLogger<DefinitionsUpdateCommand>(), e.Message);
        }
    }

    private static async Task<UpdateReport> UpdateAsync(
        Fleet fleet, UpdatePlace place, FreshclamSettings freshclam, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            var updater = DefinitionsUpdater.Create(
                place, freshclam, fleet.DefinitionsMirror(), fleet.Options.Scan, loggers, TimeProvider.System);
            var outcome = await updater.RunAsync(cancellationToken).ConfigureAwait(false);
            return new UpdateReport(outcome, null, outcome.InUse);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var inUse = new DefinitionsReader(place.Directory, loggers.CreateLogger<DefinitionsReader>()).Read();
            return new UpdateReport(null, e, inUse);
        }
    }
}
