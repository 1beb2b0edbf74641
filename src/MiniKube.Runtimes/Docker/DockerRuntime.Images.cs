using Docker.DotNet;
using Docker.DotNet.Models;

namespace MiniKube.Runtimes;

public sealed partial class DockerRuntime
{
    private const string LoadedPrefix = "Loaded image: ";
    private const string LoadedIdPrefix = "Loaded image ID: ";

    /// <inheritdoc />
    public async Task<ImageStatus?> FindImageAsync(string image, CancellationToken cancellationToken)
    {
        try
        {
            var found = await _client.Images.InspectImageAsync(image, cancellationToken);
            return new ImageStatus
            {
                Id = found.ID,
                Names = [.. found.RepoTags ?? []],
                Bytes = found.Size,
                User = found.Config?.User ?? "",
            };
        }
        catch (DockerImageNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await DockerErrors.TranslateAsync(Task.FromException(failure));
            throw;
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<ImageStatus>> ListImagesAsync(CancellationToken cancellationToken)
    {
        var images = await DockerErrors.TranslateAsync(
            _client.Images.ListImagesAsync(new ImagesListParameters { All = false }, cancellationToken));
        return
        [
            .. images.Select(image => new ImageStatus { Id = image.ID, Names = [.. image.RepoTags ?? []], Bytes = image.Size }),
        ];
    }

    /// <inheritdoc />
    public async Task<ImageStatus> PullImageAsync(string image, CancellationToken cancellationToken)
    {
        var reference = ImageReference.Parse(image);
        var problems = new Problems();
        await DockerErrors.TranslateAsync(_client.Images.CreateImageAsync(
            new ImagesCreateParameters { FromImage = reference.ToString() }, new AuthConfig(), problems, cancellationToken));
        if (problems.First is { } problem)
        {
            var missing = problem.Contains("not found", StringComparison.Ordinal)
                || problem.Contains("manifest unknown", StringComparison.Ordinal);
            throw new RuntimeException(missing ? RuntimeError.ImageNotFound : RuntimeError.PullFailed, problem);
        }

        return await FindImageAsync(image, cancellationToken)
            ?? throw new RuntimeException(RuntimeError.PullFailed, $"the engine pulled {image} but does not have it");
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<string>> LoadImageAsync(Stream archive, CancellationToken cancellationToken)
    {
        var output = new Problems();
        await DockerErrors.TranslateAsync(
            _client.Images.LoadImageAsync(new ImageLoadParameters { Quiet = true }, archive, output, cancellationToken));
        if (output.First is { } problem)
        {
            throw new RuntimeException(RuntimeError.InvalidArchive, problem);
        }

        var names = output.Lines.SelectMany(text => text.Split('\n')).Select(LoadedName).OfType<string>().ToList();
        return names.Count > 0
            ? names
            : throw new RuntimeException(RuntimeError.InvalidArchive, "the archive holds no image: save one with 'docker save NAME'");
    }

    /// <inheritdoc />
    public async Task RemoveImageAsync(string image, CancellationToken cancellationToken)
        => await DockerErrors.TranslateAsync(
            _client.Images.DeleteImageAsync(image, new ImageDeleteParameters(), cancellationToken));

    private static string? LoadedName(string line)
        => line.StartsWith(LoadedIdPrefix, StringComparison.Ordinal) ? line[LoadedIdPrefix.Length..].Trim()
            : line.StartsWith(LoadedPrefix, StringComparison.Ordinal) ? line[LoadedPrefix.Length..].Trim()
            : null;

    /// <summary>What the engine says while it works: its lines, and its first error.</summary>
    private sealed class Problems : IProgress<JSONMessage>
    {
        private readonly Lock _gate = new();
        private readonly List<string> _lines = [];

        public string? First { get; private set; }

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_gate)
                {
                    return [.. _lines];
                }
            }
        }

        public void Report(JSONMessage value)
        {
            lock (_gate)
            {
                First ??= value.ErrorMessage ?? value.Error?.Message;
                if (!string.IsNullOrEmpty(value.Stream))
                {
                    _lines.Add(value.Stream);
                }
            }
        }
    }
}
