using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamBucketFleet.ClamAv.Tests;

/// <summary>Engines on real parts.</summary>
internal static class Engines
{
    public static ClamdClient Client(ClamdServer server) => new(
        ClamdAddress.Parse(server.Address), ClamdTimeouts.For(TimeSpan.FromSeconds(30)), TimeProvider.System);

    public static ClamdEngine Clamd(ClamdServer server, TimeSpan? patience = null, bool confirmClean = true) => new(
        new ClamdClient(
            ClamdAddress.Parse(server.Address),
            ClamdTimeouts.For(patience ?? TimeSpan.FromSeconds(30)),
            TimeProvider.System),
        confirmClean,
        Reader(server.DatabaseDirectory),
        TimeProvider.System,
        NullLogger<ClamdEngine>.Instance);

    public static DefinitionsReader Reader(string directory) => new(directory, NullLogger<DefinitionsReader>.Instance);
}
