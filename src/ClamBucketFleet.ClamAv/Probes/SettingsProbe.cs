namespace ClamBucketFleet.ClamAv;

/// <summary>
/// Finds out what clamd's settings are, which no command tells, by small objects that only some settings let through
/// as clean.
/// </summary>
internal static class SettingsProbe
{
    private static readonly Probe[] Probes =
    [
        new("AlertExceedsMax yes", "what lies past a limit of size, number, depth or time is called clean", ProbeObjects.NestedTooDeep),
        new("AlertEncryptedArchive yes", "an encrypted archive is called clean", ProbeObjects.EncryptedZip),
        new("AlertEncryptedDoc yes", "an encrypted PDF is called clean", ProbeObjects.EncryptedPdf),
        new("ScanArchive yes", "whatever is in an archive is called clean", EicarFile.Zip),
        new("ScanPDF yes", "whatever is in a PDF is called clean", ProbeObjects.Pdf),
        new("ScanMail yes", "whatever is attached to a mail is called clean", ProbeObjects.Mail),
        new("ScanHTML yes", "whatever is in a web page is called clean", ProbeObjects.Html),
        new("ScanOLE2 yes", "whatever is in an Office document is called clean", ProbeObjects.Ole),
        new("ScanOneNote yes", "whatever is in a OneNote file is called clean", ProbeObjects.OneNote),
        new("HeuristicScanPrecedence no", "a virus beside an encrypted member is not named", ProbeObjects.EncryptedBesideEicar)
        {
            IsHidden = verdict => verdict is Unscannable { Reason: UnscannableReason.Encrypted },
        },
    ];

    /// <summary>Every line that is missing, in the order of the table.</summary>
    public static async Task<IReadOnlyList<ClamdSetting>> RunAsync(ClamdClient client, CancellationToken cancellationToken)
    {
        var missing = new List<ClamdSetting>();
        foreach (var probe in Probes)
        {
            var bytes = probe.Make();
            using var content = new MemoryStream(bytes, writable: false);
            if (probe.IsHidden(await client.ScanAsync(content, bytes.Length, cancellationToken)))
                missing.Add(new ClamdSetting(probe.Line, probe.Otherwise));
        }

        return missing;
    }

    // Any answer but OK speaks: a limit that is lower than the probe is one that is heard of.
    private sealed record Probe(string Line, string Otherwise, Func<byte[]> Make)
    {
        public Func<Verdict, bool> IsHidden { get; init; } = verdict => verdict is Clean;
    }
}
