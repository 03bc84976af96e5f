namespace ClamBucketFleet;

/// <summary>
/// The fleet's own copy of the definitions. Everything in it is immutable but two small objects: the manifest, written
/// last, which says what the fleet is to use, and the lease, which says who may renew it.
/// </summary>
/// <remarks>Failures are <see cref="TryAgainException"/> and its kinds.</remarks>
public interface IDefinitionsMirror
{
    /// <summary>What is published now.</summary>
    /// <exception cref="FatalConfigurationException">The bucket does not exist.</exception>
    Task<MirrorState> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Brings one file of a manifest into a new local file, with the time of <see cref="DefinitionsFile.Modified"/>.
    /// </summary>
    /// <exception cref="TryAgainException">
    /// It is not there, or size or SHA-256 are not what the manifest says: nothing is left at <paramref name="path"/>.
    /// </exception>
    Task FetchAsync(DefinitionsFile file, string path, CancellationToken cancellationToken);

    /// <summary>Tries to become the one instance that renews the mirror; never waits for another.</summary>
    /// <param name="holder">Who asks, for people who look at the lease.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null while another instance holds it.</returns>
    Task<IMirrorLease?> TryLeaseAsync(string holder, CancellationToken cancellationToken);
}

/// <summary>
/// The right to renew the mirror, kept alive until it is disposed, which gives it back. An instance that dies loses it
/// after a minute.
/// </summary>
public interface IMirrorLease : IAsyncDisposable
{
    /// <summary>Cancelled when the lease could not be kept: another instance may have it.</summary>
    CancellationToken Lost { get; }

    /// <summary>What was published when the lease was taken: nobody else can have changed it since.</summary>
    MirrorState State { get; }

    /// <summary>Uploads what the mirror lacks, then writes the manifest, then removes what no instance needs any more.</summary>
    /// <param name="manifest">What the fleet is to use from now on.</param>
    /// <param name="path">Where each file lies on this machine.</param>
    /// <param name="cancellationToken">Gives up; the old manifest holds.</param>
    /// <exception cref="LeaseLostException">Another instance has published since: nothing was changed.</exception>
    Task PublishAsync(DefinitionsManifest manifest, Func<DefinitionsFile, string> path, CancellationToken cancellationToken);

    /// <summary>Has the whole fleet leave the definitions' source alone for a while.</summary>
    Task StayAwayAsync(StayAway stayAway, CancellationToken cancellationToken);
}

/// <summary>The mirror at one moment.</summary>
/// <param name="Manifest">Null while nothing was ever published.</param>
/// <param name="StayAway">Null, or what the definitions' source asked for, which may be over.</param>
/// <param name="Now">By the mirror's own clock, which all instances share.</param>
public sealed record MirrorState(DefinitionsManifest? Manifest, StayAway? StayAway, DateTimeOffset Now);

/// <summary>A set of definitions that was found good.</summary>
/// <param name="Checked">When the definitions' source was last asked, by the mirror's clock.</param>
/// <param name="Version">Of the signed databases, or a fingerprint where there are none.</param>
/// <param name="Published">When they were published.</param>
/// <param name="Files">All of them.</param>
public sealed record DefinitionsManifest(
    DateTimeOffset Checked,
    string Version,
    DateTimeOffset Published,
    IReadOnlyList<DefinitionsFile> Files);

/// <summary>One database of a set.</summary>
/// <param name="Name">A plain file name, as in <c>daily.cld</c>.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
/// <param name="Modified">The age of a database that is not signed is the age of its file.</param>
public sealed record DefinitionsFile(string Name, long Size, string Sha256, DateTimeOffset Modified);

/// <summary>The definitions' source asked not to be asked again so soon (429), or refuses (403).</summary>
/// <param name="Until">By the clock of whoever keeps it: the machine's, or the mirror's.</param>
/// <param name="Reason">In the source's words.</param>
public sealed record StayAway(DateTimeOffset Until, string Reason)
{
    /// <summary>The longest that anybody is left alone: nothing that is wrong or forged starves a fleet.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>No longer than that after it was asked for, or written.</summary>
    public StayAway CappedFrom(DateTimeOffset asked) => Until - asked > Longest ? this with { Until = asked + Longest } : this;
}
