using System.Globalization;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>What systemd says about a unit, in its own words.</summary>
internal sealed record UnitState(IReadOnlyDictionary<string, string> Properties)
{
    public string Active => Properties["ActiveState"];

    public string Result => Properties["Result"];

    /// <summary>The line of <c>systemctl status</c> that the service wrote.</summary>
    public string Status => Properties["StatusText"];

    /// <summary>As the machine sees it; 0: none.</summary>
    public int MainProcess => Number("MainPID");

    public int Restarts => Number("NRestarts");

    /// <summary>The exit code, or the signal's number, of the main process that ended last.</summary>
    public int ExitStatus => Number("ExecMainStatus");

    public static UnitState Parse(string properties) => new(properties.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]));

    public override string ToString() => string.Join(' ', Properties.Select(property => $"{property.Key}={property.Value}"));

    private int Number(string name) => int.Parse(Properties[name], CultureInfo.InvariantCulture);
}
