using ClamBucketFleet.Options;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>What an update has others do.</summary>
/// <param name="Manages">Whether a database of this name is the updates' matter.</param>
/// <param name="Fetch">Asks the definitions' source: seed, staging directory.</param>
/// <param name="Test">Loads databases that are not in use, and has EICAR found: paths, staging directory.</param>
/// <param name="Reload">Has clamd load the set in use, where it has not yet.</param>
internal sealed record UpdateParts(
    Func<string, bool> Manages,
    Func<IReadOnlyDictionary<string, string>, string, CancellationToken, Task<Fetched>> Fetch,
    Func<IEnumerable<string>, string, CancellationToken, Task> Test,
    Func<string, CancellationToken, Task<ReloadOutcome>> Reload)
{
    /// <summary>freshclam, clamscan and clamd.</summary>
    /// <exception cref="FatalConfigurationException">freshclam's configuration, or clamd's address.</exception>
    public static UpdateParts Real(
        UpdatePlace place, FreshclamSettings freshclam, ScanOptions scan, ILoggerFactory loggers, TimeProvider time)
    {
        var logger = loggers.CreateLogger<DefinitionsUpdater>();
        var configuration = FreshclamConfiguration.Read(freshclam.ConfigurationFile, FreshclamSettings.UsualConfigurationFiles);
        var client = new ClamdClient(ClamdAddress.Parse(scan.ClamdAddress), ClamdTimeouts.For(scan.Timeout), time);
        var clamd = EngineFactory.CreateClamd(scan with { SelfTest = false }, loggers, time);
        return new UpdateParts(
            configuration.Manages,
            new Fetch(place, new Freshclam(freshclam.Program, time, logger), configuration, logger, time).RunAsync,
            new CandidateTest(scan, loggers, time).RunAsync,
            new ClamdReload(client, clamd, place.Directory, time, logger).RunAsync);
    }
}

/// <summary>How freshclam is started.</summary>
/// <param name="Program">A path, or a name that is looked up in PATH.</param>
/// <param name="ConfigurationFile">Null takes the first of the usual ones that is there.</param>
public sealed record FreshclamSettings(string Program, string? ConfigurationFile)
{
    /// <summary>The product's own, and the distribution's.</summary>
    public static IReadOnlyList<string> UsualConfigurationFiles { get; } =
        ["/etc/clambucketfleet/freshclam.conf", "/etc/clamav/freshclam.conf"];
}
