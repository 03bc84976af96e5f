namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>Debian's releases, by the names of their archives' suites.</summary>
public enum Release
{
    /// <summary>12, with systemd 252.</summary>
    Bookworm,

    /// <summary>13, with systemd 257.</summary>
    Trixie,
}
