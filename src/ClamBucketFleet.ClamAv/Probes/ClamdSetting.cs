namespace ClamBucketFleet.ClamAv;

/// <summary>A line that clamd.conf lacks.</summary>
/// <param name="Line">To be put there as it is.</param>
/// <param name="Otherwise">What happens without it.</param>
public sealed record ClamdSetting(string Line, string Otherwise);
