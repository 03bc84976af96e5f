using System.Text;
using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>Tests of the installed daemon, each with a <see cref="Scene"/> of its own.</summary>
public abstract class DaemonTests(World world) : MachineTests(world)
{
    protected const string Daemon = "clambucketfleet.service";
    protected const string Updates = "clambucketfleet-definitions.service";
    protected const string Clamd = "clamav-daemon.service";

    protected static readonly byte[] Clean = Encoding.UTF8.GetBytes("clean\n");

    protected const string Databases = "/var/lib/clamav";
    protected const string FreshclamConfiguration = "/etc/clambucketfleet/freshclam.conf";

    // Refused at once; the default would be tried for ten seconds at every boot.
    private const string Unreachable =
        "DatabaseMirror http://127.0.0.1:1\nDNSDatabaseInfo no\nMaxAttempts 1\nExcludeDatabase main\nExcludeDatabase daily\n"
        + "ExcludeDatabase bytecode\nDatabaseCustomURL http://127.0.0.1:1/none.ndb\n";

    private const string EicarName = "Eicar-Test-Signature";

    private Scene? _scene;

    private protected Scene Scene => _scene ?? throw new InvalidOperationException("No machine yet");

    /// <summary>A machine without the package. Not booted.</summary>
    private protected async Task<Machine> BareAsync(Release release)
    {
        await CreateSceneAsync();
        return await PrepareAsync(await World.BareAsync(release));
    }

    /// <summary>From now on the test's scene is this one, of another AWS than the shared one.</summary>
    private protected void UseScene(Scene scene) => _scene = scene;

    private protected async Task CreateSceneAsync() => _scene ??= await Scene.CreateAsync(World.Cloud, Cancellation);

    /// <summary>A machine with the package and its configuration, and definitions that find EICAR. Not booted.</summary>
    private protected Task<Machine> InstalledAsync(Release release, params (string Key, string Value)[] settings)
        => InstalledAsync(release, "scanner", settings);

    private protected async Task<Machine> InstalledAsync(Release release, string name, params (string Key, string Value)[] settings)
    {
        await CreateSceneAsync();
        var machine = await PrepareAsync(await World.InstalledAsync(release), name);
        Scene.Configure(machine, settings);
        WriteEicar(machine);
        machine.Write(FreshclamConfiguration, Encoding.UTF8.GetBytes(Unreachable));
        return machine;
    }

    /// <summary>The same, booted, and the daemon ready.</summary>
    private protected async Task<Machine> ReadyAsync(Release release, params (string Key, string Value)[] settings)
    {
        var machine = await InstalledAsync(release, settings);
        await machine.BootAsync(Cancellation);
        await IsReadyAsync(machine);
        return machine;
    }

    private protected static void WriteEicar(Machine machine)
        => Definitions.WriteSignature(machine.Root + Databases, EicarName, Eicar.Bytes);

    private protected static void DeleteEicar(Machine machine) => machine.Delete($"{Databases}/{EicarName}.ndb");

    private protected static Task IsReadyAsync(Machine machine) => BecomesAsync(machine, Daemon, unit => unit.Active == "active");

    /// <summary>Waits until what systemd says about a unit is what is waited for; gives that.</summary>
    private protected static async Task<UnitState> BecomesAsync(Machine machine, string unit, Func<UnitState, bool> wanted)
    {
        UnitState? state = null;
        await UntilAsync(
            async () => wanted(state = await machine.UnitAsync(unit, Cancellation)),
            () => $"{unit} has {state}");
        return state!;
    }

    /// <summary>Uploads EICAR and something clean, and waits until the one is gone, the alert out, and the queue empty.</summary>
    private protected async Task DeletesTheInfectedAsync()
    {
        var bucket = await Scene.BucketAsync();
        await Scene.PutAsync(bucket, "clean", Clean);
        await Scene.PutAsync(bucket, "infected", Eicar.Bytes);
        await WorkedOffAsync();
        (await Scene.KeysAsync(bucket)).ShouldBe(["clean"]);
        (await Scene.AlertsAsync()).ShouldContain("INFECTED DELETE infected");
    }

    private protected async Task WorkedOffAsync()
    {
        var depths = (0, 0);
        await UntilAsync(async () => (depths = await Scene.DepthsAsync()) == (0, 0), () => $"the queue has {depths}");
    }
}
