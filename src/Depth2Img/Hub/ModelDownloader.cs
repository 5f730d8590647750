using Depth2Img.Checkpoints;
using Depth2Img.IO;

namespace Depth2Img.Hub;

/// <summary>
/// Fetches models from Hugging Face's hub into its own cache on this machine, where Python's programs find them too.
/// Nothing else in the library uses the network.
/// </summary>
public sealed class ModelDownloader
{
    /// <summary>What must stay free: for the folders and links, and so that the disk is not full to the last byte.</summary>
    private const long SpaceToLeave = 64L << 20;

    private readonly HubSettings _settings;
    private readonly HubCache _cache;
    private readonly DownloadTools _tools;

    /// <summary>Makes a downloader; nothing is sent yet.</summary>
    /// <param name="settings">The hub and the cache; null takes those of the environment.</param>
    /// <exception cref="Depth2ImgException">The environment's settings are malformed.</exception>
    public ModelDownloader(HubSettings? settings = null) : this(settings ?? HubSettings.FromEnvironment(), new DownloadTools()) { }

    internal ModelDownloader(HubSettings settings, DownloadTools tools)
    {
        _settings = settings;
        _cache = new HubCache(settings.CacheFolder);
        _tools = tools;
    }

    /// <summary>Fetches what is missing of a model. A download that was broken off, here or by huggingface_hub, is continued.</summary>
    /// <param name="request">What to fetch.</param>
    /// <param name="progress">Told of the bytes, some times a second, and of what a person would want to know; null for no reports.</param>
    /// <param name="cancellationToken">Ends it; what came is kept for the next time.</param>
    /// <exception cref="OutputException">The cache cannot be written to, or the disk has too little space.</exception>
    /// <exception cref="Depth2ImgException">
    /// The network is out of bounds (<see cref="HubSettings.Offline"/>) or fails, there is no such model, it is closed to
    /// this user, it is of a family that is not run here, or a file does not have its check sum.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<PullResult> PullAsync(PullRequest request, IProgress<PullProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ModelReference model = request.Model;
        if (_settings.Offline)
            throw new Depth2ImgException($"{model} cannot be fetched: the network is out of bounds (--offline, or HF_HUB_OFFLINE is set).");
        PullReporter reporter = new(progress);
        using HubClient client = new(_settings, _tools, reporter.Notice);
        HubListing listing = await client.ListAsync(model, cancellationToken).ConfigureAwait(false);
        Session session = new(this, client, model, listing.Commit, request.Force, reporter);
        try
        {
            session.Writer.Prepare();
            FileSelection selection = await SelectAsync(request, listing, session, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<HubFile> files = await session.FetchAsync(selection.Files, cancellationToken).ConfigureAwait(false);
            session.Writer.SetReference(model.RevisionOrDefault, listing.Commit);
            return new PullResult(model, listing.Commit, _cache.SnapshotFolder(model, listing.Commit), [.. files.Select(f => f.Path)], session.FetchedBytes, selection.Notes);
        }
        catch (IOException e) when (DiskSpace.IsFull(e))
        {
            throw new OutputException($"The disk of '{_settings.CacheFolder}' is full. What was fetched is kept: make room and run the same command to go on, or name another place with HF_HOME.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"The cache '{_settings.CacheFolder}' cannot be written to: {e.Message.TrimEnd('.')}. HF_HOME names another place for it.", e);
        }
    }

    private async Task<FileSelection> SelectAsync(PullRequest request, HubListing listing, Session session, CancellationToken cancellationToken)
    {
        ModelReference model = request.Model;
        if (request.Files.Count > 0) return FileSelection.Named(listing, model, request.Files);
        if (listing.Find(FileSelection.PipelineIndex) is not { } index) return FileSelection.ForNetwork(listing, model, request.Precision);
        // The index first: it names the networks.
        await session.FetchAsync([index], cancellationToken).ConfigureAwait(false);
        CheckpointFolder folder = CheckpointFolder.Open(_cache.SnapshotFolder(model, listing.Commit));
        if (!folder.Components.Any(c => c.Name == "unet") || folder.Components.Any(c => c.Name == "text_encoder_2"))
            throw new Depth2ImgException($"{model} is a {folder.PipelineClass} of {string.Join(", ", folder.Components.Select(c => c.Name))}: a family that is not run here. Its weights were not fetched; --file fetches single files all the same.");
        return FileSelection.ForPipeline(listing, model, folder.Components, request.Precision);
    }

    /// <summary>One download at work.</summary>
    private sealed class Session(ModelDownloader owner, HubClient client, ModelReference model, string commit, bool force, PullReporter reporter)
    {
        private readonly HashSet<BlobDigest> _fetched = [];

        public CacheWriter Writer { get; } = new(owner._cache, model, owner._tools.Link);

        public long FetchedBytes { get; private set; }

        /// <summary>Brings files into the snapshot.</summary>
        /// <returns>The files, with their sizes and check sums.</returns>
        public async Task<IReadOnlyList<HubFile>> FetchAsync(IReadOnlyList<HubFile> wanted, CancellationToken cancellationToken)
        {
            List<HubFile> files = [];
            foreach (HubFile file in wanted)
                files.Add(file.Size is null || file.Digest is null ? await client.DescribeAsync(model, commit, file, cancellationToken).ConfigureAwait(false) : file);
            List<HubFile> missing = [.. files.Where(file => !IsHere(file))];
            List<HubFile> toFetch = [.. missing.Where(file => force || !Writer.HasBlob(file)).DistinctBy(file => file.Digest)];
            RequireSpace(toFetch);
            reporter.Begin(toFetch.Select(file => (file, Writer.PartialLength(file))));
            foreach (HubFile file in missing) await FetchAsync(file, cancellationToken).ConfigureAwait(false);
            return files;
        }

        /// <summary>Whether the snapshot has a file. By force, only what this download brought counts.</summary>
        private bool IsHere(HubFile file) => Writer.Has(commit, file) && (!force || _fetched.Contains(file.Digest!.Value));

        private void RequireSpace(List<HubFile> files)
        {
            long needed = files.Sum(file => file.Size!.Value - Writer.PartialLength(file));
            if (needed == 0 || owner._tools.Disk.AvailableBytes(Writer.BlobFolder) is not { } available || available >= needed + SpaceToLeave) return;
            throw new OutputException($"{model} needs {ByteCount.Text(needed)} more and the disk of '{owner._settings.CacheFolder}' has {ByteCount.Text(available)} free. Make room, or name another place with HF_HOME.");
        }

        private async Task FetchAsync(HubFile file, CancellationToken cancellationToken)
        {
            BlobDigest digest = file.Digest!.Value;
            using IDisposable hold = await CacheLock.AcquireAsync(
                Writer.Lock(digest),
                () => reporter.Notice($"Another process is fetching '{file.Path}'; waiting for it."),
                cancellationToken).ConfigureAwait(false);
            // Two files may have the same contents, and the process that we waited for may have brought these.
            if (IsHere(file)) return;
            if (!Writer.HasBlob(file) || (force && !_fetched.Contains(digest))) await FetchContentsAsync(file, cancellationToken).ConfigureAwait(false);
            else reporter.Received(file, file.Size!.Value);
            Writer.Publish(commit, file);
        }

        private async Task FetchContentsAsync(HubFile file, CancellationToken cancellationToken)
        {
            BlobDigest digest = file.Digest!.Value;
            string partial = Writer.Partial(digest);
            bool right;
            using (Stream stream = owner._tools.OpenPartial(partial))
            {
                long before = stream.Length;
                right = await BlobDownload.RunAsync(client, model, commit, file, stream, count => reporter.Received(file, count), reporter.Notice, cancellationToken).ConfigureAwait(false);
                // On the disk before it takes the name, or a power cut could leave a hole under it.
                if (right && stream is FileStream onDisk) onDisk.Flush(flushToDisk: true);
                FetchedBytes += file.Size!.Value - Math.Min(before, file.Size.Value);
            }
            if (!right)
            {
                File.Delete(partial);
                throw new Depth2ImgException($"'{file.Path}' of {model} came damaged: it does not have its check sum ({digest.Algorithm} {digest.Hex}), and was deleted. Run the command again; if it happens again, something between {client.Host} and this machine alters files.");
            }
            File.Move(partial, Writer.Blob(digest), overwrite: true);
            _fetched.Add(digest);
        }
    }
}
