using System.Net;
using System.Text;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>Tests with a source of definitions that freshclam is led to: one unsigned database, with EICAR in it at first.</summary>
public abstract class SourceTests(World world) : DaemonTests(world)
{
    protected const string Database = "daily-test.ndb";

    private DefinitionsServer? _source;

    private protected DefinitionsServer Source
    {
        get
        {
            if (_source is null)
            {
                _source = new DefinitionsServer(World.Network.Listen(new IPEndPoint(IPAddress.Loopback, 0)));
                Serve(Signature("Eicar-Test-Signature", Eicar.Bytes));
            }
            return _source;
        }
    }

    /// <summary>A line of an .ndb that finds these bytes in any file.</summary>
    protected static string Signature(string name, byte[] pattern) => $"{name}:0:*:{Convert.ToHexStringLower(pattern)}\n";

    protected void Serve(string database) => Source.Put(Database, Encoding.UTF8.GetBytes(database));

    private protected Task<Machine> LedAsync(Release release, params (string Key, string Value)[] settings)
        => LedAsync(release, "scanner", settings);

    /// <summary>A machine that has no definitions but the way to the source. Not booted.</summary>
    private protected async Task<Machine> LedAsync(Release release, string name, params (string Key, string Value)[] settings)
    {
        var machine = await InstalledAsync(release, name, settings);
        DeleteEicar(machine);
        machine.Write(FreshclamConfiguration, Encoding.UTF8.GetBytes(Source.Configuration(Database)));
        return machine;
    }

    /// <summary>The same booted, and ready with what it got from the source.</summary>
    private protected async Task<Machine> UpdatedAsync(Release release, params (string Key, string Value)[] settings)
    {
        var machine = await LedAsync(release, settings);
        await machine.BootAsync(Cancellation);
        await IsReadyAsync(machine);
        return machine;
    }

    /// <summary>Runs the service to its end, good or bad.</summary>
    private protected static async Task<UnitState> UpdateAsync(Machine machine)
    {
        await machine.Inside("systemctl", "start", Updates).RunAsync(Cancellation);
        return await machine.UnitAsync(Updates, Cancellation);
    }

    protected override async ValueTask DisposeMoreAsync()
    {
        if (_source is not null) await _source.DisposeAsync();
    }
}
