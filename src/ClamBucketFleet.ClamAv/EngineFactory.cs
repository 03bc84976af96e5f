using ClamBucketFleet.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamBucketFleet.ClamAv;

/// <summary>Makes the engine that is configured.</summary>
public static class EngineFactory
{
    /// <summary>Touches neither clamd nor the disk: what is missing shows at the first scan.</summary>
    /// <exception cref="FatalConfigurationException">An address that is none.</exception>
    public static IScanEngine Create(ScanOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        var definitions = new DefinitionsReader(options.DatabaseDirectory, loggers.CreateLogger<DefinitionsReader>());
        return options.Engine switch
        {
            EngineKind.Clamd => Clamd(),
            EngineKind.Clamscan => Clamscan(),
            _ => new AutoEngine(Clamd(), Clamscan(), time, loggers.CreateLogger<AutoEngine>()),
        };

        ClamdEngine Clamd() => CreateClamd(options, loggers, time);

        // Half of the time: an object that uses all of it must leave some to those in its batch.
        ClamscanEngine Clamscan() => new(
            new ClamscanSettings(options.ClamscanPath, options.SpoolDirectory, options.SpoolLimit, options.Timeout / 2)
            {
                // Most of an object's time is for its scan.
                LongestLinger = options.ClamscanWait < options.Timeout / 4 ? options.ClamscanWait : options.Timeout / 4,
            },
            definitions,
            time,
            loggers.CreateLogger<ClamscanEngine>());
    }

    /// <summary>clamd, whichever engine is configured.</summary>
    /// <exception cref="FatalConfigurationException">An address that is none.</exception>
    public static ClamdEngine CreateClamd(ScanOptions options, ILoggerFactory loggers, TimeProvider time) => new(
        Client(options, time),
        options.SelfTest,
        new DefinitionsReader(options.DatabaseDirectory, loggers.CreateLogger<DefinitionsReader>()),
        time,
        loggers.CreateLogger<ClamdEngine>());

    /// <summary>What answers at clamd's address, without an engine that could scan, and without a log.</summary>
    /// <exception cref="FatalConfigurationException">An address that is none.</exception>
    /// <exception cref="ScannerUnavailableException">No answer, or another one.</exception>
    public static Task<EngineInfo> DescribeClamdAsync(
        ScanOptions options, TimeProvider time, CancellationToken cancellationToken) =>
        new ClamdDescription(
            Client(options, time),
            new DefinitionsReader(options.DatabaseDirectory, NullLogger<DefinitionsReader>.Instance),
            time).ReadAsync(cancellationToken);

    private static ClamdClient Client(ScanOptions options, TimeProvider time) =>
        new(ClamdAddress.Parse(options.ClamdAddress), ClamdTimeouts.For(options.Timeout), time);
}
