using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// One version of a custom kind. The same verbs, rules of metadata, watches and tables as built-in kinds have; the object itself is
/// pruned, defaulted and checked by its schema.
/// </summary>
internal sealed class CustomResource : VersionedDefinition
{
    private readonly FrozenDictionary<string, JsonPath> _fields;
    private readonly SchemaExpressions _expressions;
    private readonly StructuralSchema _checked;

    /// <exception cref="FormatException">The schema cannot be read.</exception>
    public CustomResource(CustomKind kind, V1CustomResourceDefinitionVersion version)
        : base(
            new Gvr(kind.Source.Spec.Group, version.Name, kind.Source.Spec.Names.Plural),
            kind.Source.Spec.Scope == "Namespaced" ? Scope.Namespaced : Scope.Cluster,
            kind.Source.Spec.Names.Kind)
    {
        Kind = kind;
        Version = version;
        Schema = SchemaParser.Parse(version.Schema?.OpenAPIV3Schema ?? new V1JSONSchemaProps { XKubernetesPreserveUnknownFields = true });
        _checked = WithoutTypeFields(Schema);
        _expressions = new SchemaExpressions(Schema);
        ShortNames = [.. kind.Names.ShortNames ?? []];
        Categories = [.. kind.Names.Categories ?? []];
        HasStatus = version.Subresources?.Status is not null;
        HasGeneration = true;
        Scale = version.Subresources?.Scale is { } scale ? CustomScale.Of(scale) : null;
        _fields = (version.SelectableFields ?? []).Select(static field => field.JsonPath)
            .Where(static path => JsonPath.TryParse(path, out _))
            .ToFrozenDictionary(static path => path.TrimStart('.'), static path => PathOf(path));
        SelectableFields = [.. _fields.Keys];
        if (kind.IsTerminating)
        {
            Verbs = Verbs.Remove("create");
        }

        foreach (var column in CustomColumns.Of(version))
        {
            AddColumn(column);
        }
    }

    /// <summary>The definition this is a version of.</summary>
    public CustomKind Kind { get; }

    public V1CustomResourceDefinitionVersion Version { get; }

    /// <summary>What objects of this version look like.</summary>
    public StructuralSchema Schema { get; }

    public bool IsServed => Version.Served;

    public bool IsStored => Version.Storage;

    public override string Singular => Kind.Names.Singular ?? base.Singular;

    public override string ListKind => Kind.Source.Spec.Names.ListKind ?? base.ListKind;

    public override CancellationToken Retired => Kind.Retired;

    public override bool AddsAge => false;

    public override Type ObjectType => typeof(CustomObject);

    public override string SchemaVersion => $"{Kind.Source.Metadata.Uid} {Kind.Source.Metadata.Generation}";

    public override string? DeprecationWarning => Version.Deprecated != true ? null
        : string.IsNullOrEmpty(Version.DeprecationWarning) ? $"{Gvk.ApiVersion} {Gvk.Kind} is deprecated" : Version.DeprecationWarning;

    public override ImmutableArray<string> SelectableFields { get; }

    public override MergeSchema MergeSchema => field ??= CustomMergeSchema.OfObject(Schema);

    public override IKubernetesObject<V1ObjectMeta> Decode(ReadOnlySpan<byte> json) => ObjectJson.Decode<CustomObject>(json);

    public override byte[] Encode(IKubernetesObject<V1ObjectMeta> item) => ObjectJson.Encode((CustomObject)item);

    public override DecodedObject DecodeBody(ReadOnlySpan<byte> json, FieldValidation validation)
        => CustomBody.Decode(this, json, validation);

    public override BodyFindings CheckBody(ReadOnlySpan<byte> json) => CustomBody.Check(this, json);

    public override string FieldValue(IKubernetesObject<V1ObjectMeta> item, string field)
        => CustomFields.Text((CustomObject)item, _fields[field]);

    public override void ApplyDefaults(IKubernetesObject<V1ObjectMeta> item) => SchemaDefaulter.Apply(((CustomObject)item).Body, Schema);

    public override void PrepareForCreate(IKubernetesObject<V1ObjectMeta> item)
    {
        if (HasStatus)
        {
            ((CustomObject)item).Body.Remove("status");
        }
    }

    public override void PrepareForUpdate(IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old)
    {
        if (HasStatus)
        {
            TakeStatus(((CustomObject)item).Body, ((CustomObject)old).Body);
        }
    }

    public override void PrepareForStatusUpdate(IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old)
    {
        var (custom, before) = ((CustomObject)item, (CustomObject)old);
        var kept = before.Body.DeepClone().AsObject();
        TakeStatus(kept, custom.Body);
        custom.Body = kept;
        custom.Metadata.Labels = before.Metadata.Labels;
        custom.Metadata.Annotations = before.Metadata.Annotations;
        SchemaDefaulter.Apply(custom.Body, Schema);
    }

    public override void Validate(IKubernetesObject<V1ObjectMeta> item, FieldErrors errors)
    {
        var custom = (CustomObject)item;
        SchemaRules.Validate(custom.Body, _checked, "", errors);
        if (Schema.Properties.TryGetValue("metadata", out var metadata) && metadata.Properties.Count > 0)
        {
            SchemaRules.Validate(NamesOf(custom.Metadata), metadata, "metadata", errors);
        }

        if (Scale is { } scale && errors.Found.Count == 0)
        {
            CustomScale.Validate(scale, custom, errors);
        }
    }

    public override void ValidateCreate(IKubernetesObject<V1ObjectMeta> item, FieldErrors errors)
    {
        Validate(item, errors);
        Evaluate(item, null, errors);
    }

    public override void ValidateUpdate(
        IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old, FieldErrors errors)
        => Evaluate(item, old, errors);

    // What was wrong before and is as it was, is let be: a stricter schema must not keep anybody from changing the rest.
    // https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-ratcheting
    public override void ValidateChange(
        IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old, FieldErrors errors)
    {
        var (now, before) = (new FieldErrors(), new FieldErrors());
        Validate(item, now);
        if (now.Found.Count > 0)
        {
            Validate(old, before);
        }

        foreach (var error in now.Found.Except(before.Found))
        {
            errors.Add(error);
        }

        Evaluate(item, old, errors);
    }

    public override void ValidateStatusUpdate(
        IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old, FieldErrors errors)
        => ValidateChange(item, old, errors);

    public override long DeletionGraceSeconds(IKubernetesObject<V1ObjectMeta> item, long? asked) => 0;

    // Pruned and defaulted by the schema of today, as Kubernetes does on every read.
    public override async ValueTask<IReadOnlyList<IKubernetesObject<V1ObjectMeta>>> ConvertAsync(
        IReadOnlyList<StoredObject> stored, CancellationToken cancellationToken)
    {
        var items = stored.Select(static one => ObjectJson.Decode<CustomObject>(one.Json.Span)).ToList();
        var shown = await InThisVersionAsync(items, cancellationToken);
        foreach (var item in shown)
        {
            SchemaPruner.Prune(item.Body, Schema, []);
            SchemaDefaulter.Apply(item.Body, Schema);
        }

        return shown;
    }

    public override async ValueTask<ObjectDraft> DraftAsync(
        IKubernetesObject<V1ObjectMeta> item, CancellationToken cancellationToken)
    {
        if (IsStored)
        {
            return CanonicalJson.Draft(this, item);
        }

        var converted = await Kind.Converter.ConvertAsync([(CustomObject)item], Kind.Stored.Gvk.ApiVersion, cancellationToken);
        return Kind.Stored.Draft(converted[0]);
    }

    private async ValueTask<IReadOnlyList<CustomObject>> InThisVersionAsync(List<CustomObject> items, CancellationToken cancellationToken)
    {
        var wanted = Gvk.ApiVersion;
        var others = items.Where(item => item.ApiVersion != wanted).ToList();
        if (others.Count == 0)
        {
            return items;
        }

        var converted = await Kind.Converter.ConvertAsync(others, wanted, cancellationToken);
        var next = 0;
        return [.. items.Select(item => item.ApiVersion == wanted ? item : converted[next++])];
    }

    // An expression may only look at what has the form its schema says.
    private void Evaluate(IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta>? old, FieldErrors errors)
    {
        if (Schema.HasRules && errors.Found.Count == 0)
        {
            _expressions.Evaluate((CustomObject)item, (CustomObject?)old, errors);
        }
    }

    private ObjectDraft Draft(CustomObject item)
    {
        SchemaPruner.Prune(item.Body, Schema, []);
        SchemaDefaulter.Apply(item.Body, Schema);
        return CanonicalJson.Draft(this, item);
    }

    private static void TakeStatus(JsonObject body, JsonObject from)
    {
        body.Remove("status");
        if (from.TryGetPropertyValue("status", out var status))
        {
            body["status"] = status?.DeepClone();
        }
    }

    private static JsonObject NamesOf(V1ObjectMeta metadata)
    {
        var names = new JsonObject();
        if (!string.IsNullOrEmpty(metadata.Name))
        {
            names["name"] = metadata.Name;
        }

        if (!string.IsNullOrEmpty(metadata.GenerateName))
        {
            names["generateName"] = metadata.GenerateName;
        }

        return names;
    }

    // Kind and metadata are always there, and checked as those of all objects.
    private static StructuralSchema WithoutTypeFields(StructuralSchema schema) => schema with
    {
        Limits = schema.Limits with
        {
            Required = schema.Limits.Required.RemoveAll(static name => name is "apiVersion" or "kind" or "metadata"),
        },
    };

    private static JsonPath PathOf(string text)
    {
        JsonPath.TryParse(text, out var path);
        return path;
    }
}
