namespace ClamBucketFleet.Inspection;

/// <summary>
/// Has every member of a zip read, by its local headers, which must tile the archive from its first byte to the central
/// directory; that must list exactly these members, or something is hidden from those who read by the other.
/// </summary>
internal sealed class ZipWalker(ForwardReader source, InspectionRun run, int depth)
{
    private const uint Local = 0x04034b50, Central = 0x02014b50, End = 0x06054b50, End64 = 0x06064b50;
    private const uint EncryptedDirectory = 0x08064b50;

    // Names and the fields of usual writers are shorter; more could hide something, so the engine reads it.
    private const int ShortHeader = 512;

    public async Task WalkAsync(CancellationToken cancellationToken)
    {
        using var met = new ZipList();
        while (await SignatureAsync(cancellationToken).ConfigureAwait(false) == Local)
            await EntryAsync(met, cancellationToken).ConfigureAwait(false);

        switch (await SignatureAsync(cancellationToken).ConfigureAwait(false))
        {
            case Central or End or End64:
                await new ZipDirectory(source, run, met).ReadAsync(cancellationToken).ConfigureAwait(false);
                break;
            case EncryptedDirectory:
                throw new BadArchiveException(UnscannableReason.Encrypted);
            default:
                throw Bad();
        }
    }

    private static BadArchiveException Bad() => new(UnscannableReason.TooLarge);

    private async ValueTask<uint> SignatureAsync(CancellationToken cancellationToken) =>
        await source.LookAheadAsync(4, cancellationToken).ConfigureAwait(false) < 4 ? 0 : ZipEntry.U32(source.Ahead, 0);

    private async Task EntryAsync(ZipList met, CancellationToken cancellationToken)
    {
        run.CountMember();
        var (entry, header) = await HeaderAsync(cancellationToken).ConfigureAwait(false);
        if (header.Length > ShortHeader)
            await run.ReadBesideAsync(header, cancellationToken).ConfigureAwait(false);

        var real = entry.Size > 0 || entry.Compressed > 0 || !entry.HasDescriptor
            ? await DeclaredAsync(entry, cancellationToken).ConfigureAwait(false)
            : await UndeclaredAsync(entry, cancellationToken).ConfigureAwait(false);
        if (entry.HasDescriptor && !await ZipDescriptor.PassAsync(source, real, cancellationToken).ConfigureAwait(false))
            throw Bad();
        met.Add(real, ZipEntry.LocalName(header));
    }

    private async Task<(ZipEntry Entry, byte[] Header)> HeaderAsync(CancellationToken cancellationToken)
    {
        if (await source.LookAheadAsync(ZipEntry.LocalLength, cancellationToken).ConfigureAwait(false) < ZipEntry.LocalLength)
            throw Bad();
        var length = ZipEntry.WholeLocalLength(source.Ahead);
        if (await source.LookAheadAsync(length, cancellationToken).ConfigureAwait(false) < length)
            throw Bad();

        var header = source.Ahead[..length].ToArray();
        var entry = ZipEntry.ReadLocal(header, source.Consumed) ?? throw Bad();
        source.Consume(length);
        return (entry, header);
    }

    /// <summary>A member whose header tells its sizes.</summary>
    /// <returns>The member as it really is.</returns>
    private async Task<ZipEntry> DeclaredAsync(ZipEntry entry, CancellationToken cancellationToken)
    {
        using var section = new SectionStream(source, entry.Compressed);
        if (entry.IsEncrypted || !entry.HasKnownFlags || entry.Method is not (ZipEntry.Stored or ZipEntry.Deflated))
        {
            run.Tally.Missed(entry.IsEncrypted ? UnscannableReason.Encrypted : UnscannableReason.TooLarge);
            await SkipAsync(entry, section, cancellationToken).ConfigureAwait(false);
            return entry;
        }

        if (entry.Compressed > source.Remaining || (entry.Method == ZipEntry.Stored && entry.Size != entry.Compressed))
            return await UndeclaredAsync(entry, cancellationToken).ConfigureAwait(false);

        using var inflate = entry.Method == ZipEntry.Deflated ? new InflateStream(source, entry.Compressed, run.Budget) : null;
        using var member = new MemberStream((Stream?)inflate ?? section, entry.Size);
        await run.ReadMemberAsync(member, entry.Size, depth, cancellationToken).ConfigureAwait(false);
        if (inflate is not null)
            await FinishAsync(entry, inflate, cancellationToken).ConfigureAwait(false);
        if (member.WasShort || (member.Crc != entry.Crc && !(entry.HasDescriptor && entry.Crc == 0)))
            run.Tally.Missed(UnscannableReason.TooLarge);
        return entry with { Crc = member.Crc };
    }

    // Whatever is behind the declared content, unpacked or not, is something that other readers may take for it.
    private async Task FinishAsync(ZipEntry entry, InflateStream inflate, CancellationToken cancellationToken)
    {
        using (var more = new ForwardReader(inflate, null))
        {
            if (!await more.IsAtEndAsync(cancellationToken).ConfigureAwait(false))
                await run.ReadRestAsync(more, cancellationToken).ConfigureAwait(false);
        }

        if (inflate.IsFinished && inflate.Consumed == entry.Compressed)
            return;
        using var left = new SectionStream(source, entry.Compressed - inflate.Consumed);
        await SkipAsync(entry, left, cancellationToken).ConfigureAwait(false);
    }

    private async Task SkipAsync(ZipEntry entry, SectionStream section, CancellationToken cancellationToken)
    {
        if (section.Remaining > source.Remaining || (entry.Compressed == 0 && entry.HasDescriptor))
            throw new BadArchiveException(entry.IsEncrypted ? UnscannableReason.Encrypted : UnscannableReason.TooLarge);

        // The length is not passed on: where this archive's own is not known, the section may end before it.
        using var reader = new ForwardReader(section, source.Remaining is null ? null : section.Remaining);
        await run.ReadRestAsync(reader, cancellationToken).ConfigureAwait(false);
        if (section.Remaining > 0)
            throw Bad();
    }

    /// <summary>A member whose sizes stand behind it, or cannot be true.</summary>
    /// <returns>The member as it really is.</returns>
    private async Task<ZipEntry> UndeclaredAsync(ZipEntry entry, CancellationToken cancellationToken)
    {
        if (entry.IsEncrypted)
            throw new BadArchiveException(UnscannableReason.Encrypted);
        if (!entry.HasKnownFlags)
            throw Bad();

        // Of what is not packed nobody knows the end, except where there is nothing: the directory must confirm that.
        if (entry.Method == ZipEntry.Stored)
            return entry is { Size: 0, Compressed: 0, Crc: 0 } ? entry : throw Bad();
        if (entry.Method != ZipEntry.Deflated)
            throw Bad();

        using var inflate = new InflateStream(source, null, run.Budget);
        using var member = new MemberStream(inflate, null);
        await run.ReadUnknownAsync(member, depth, cancellationToken).ConfigureAwait(false);
        var real = entry with { Crc = member.Crc, Compressed = inflate.Consumed, Size = member.BytesRead };
        var agrees = entry is { Size: 0, Compressed: 0 } && (entry.Crc == 0 || entry.Crc == real.Crc);
        return inflate.IsFinished && agrees ? real : throw Bad();
    }
}
