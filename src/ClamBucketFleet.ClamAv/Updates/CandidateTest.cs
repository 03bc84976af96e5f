using System.ComponentModel;
using ClamBucketFleet.Options;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>Loads definitions that are not in use yet, all of them as they will be, and has EICAR found with them.</summary>
internal sealed class CandidateTest(ScanOptions options, ILoggerFactory loggers, TimeProvider time)
{
    /// <param name="files">Paths of all databases.</param>
    /// <param name="staging">Where there is room for what the engine needs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TryAgainException">They cannot be loaded, or find too little or too much.</exception>
    /// <exception cref="ScannerUnavailableException">There is nothing to load them with.</exception>
    public async Task RunAsync(IEnumerable<string> files, string staging, CancellationToken cancellationToken)
    {
        var candidate = Directory.CreateDirectory(Path.Combine(staging, "candidate")).FullName;
        foreach (var file in files)
            File.CreateSymbolicLink(Path.Combine(candidate, Path.GetFileName(file)), file);

        var engine = EngineFactory.Create(
            options with
            {
                Engine = EngineKind.Clamscan,
                DatabaseDirectory = candidate,
                SpoolDirectory = Path.Combine(staging, "spool"),
            },
            loggers,
            time);
        await using (engine)
        {
            try
            {
                await SelfTest.FindAsync(engine, cancellationToken);
            }
            catch (ScannerUnavailableException exception) when (exception.InnerException is not Win32Exception)
            {
                throw new TryAgainException(
                    $"The new definitions do not pass the self-test, and are thrown away: {exception.Message}", exception);
            }
        }
    }
}
