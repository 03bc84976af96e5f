namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>What alerts call this machine.</summary>
internal static class InstanceName
{
    // On Nitro instances the firmware holds the instance's id: no request, and no wait where there is no EC2.
    private const string Firmware = "/sys/devices/virtual/dmi/id/board_asset_tag";

    /// <summary>The EC2 instance id, or the host's name.</summary>
    public static string Read()
    {
        try
        {
            var tag = File.ReadAllText(Firmware).Trim();
            return tag.StartsWith("i-", StringComparison.Ordinal) ? tag : Environment.MachineName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Environment.MachineName;
        }
    }
}
