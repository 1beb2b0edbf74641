using System.Collections.Immutable;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// A kind, as far as the generic verbs, discovery, OpenAPI and printing need to know it. Immutable after construction;
/// one instance for the process. Everything special about a kind is said in its subclass of
/// <see cref="ResourceDefinition{T}"/>.
/// </summary>
internal abstract class ResourceDefinition(Gvr gvr, Scope scope, string kind)
{
    private readonly List<TableColumn> _columns = [];
    private Func<StoredObject, ObjectView>? _makeView;

    public Gvr Gvr { get; } = gvr;

    public Scope Scope { get; } = scope;

    public Gvk Gvk { get; } = new(gvr.Group, gvr.Version, kind);

    /// <summary>The name the store knows the objects by: another kind's, for a further version of that.</summary>
    public virtual string StoredAs => Gvr.GroupResource;

    /// <summary>What kubectl accepts as the singular name: the kind in lower case, unless a custom kind says otherwise.</summary>
    public virtual string Singular => Gvk.Kind.ToLowerInvariant();

    /// <summary>The kind of a list of objects.</summary>
    public virtual string ListKind => $"{Gvk.Kind}List";

    public ImmutableArray<string> ShortNames { get; protected init; } = [];

    public ImmutableArray<string> Categories { get; protected init; } = [];

    /// <summary>What can be done with the kind, in the order discovery lists it.</summary>
    public ImmutableArray<string> Verbs { get; protected init; } =
        ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>
    /// True when status is a subresource: writes to the object keep the status, writes to the status keep the rest.
    /// </summary>
    public bool HasStatus { get; protected init; }

    /// <summary>True when <c>metadata.generation</c> counts changes of the specification.</summary>
    public bool HasGeneration { get; protected init; }

    /// <summary>How <c>/scale</c> reads and writes the object; null when it has no such subresource.</summary>
    public ScaleMapping? Scale { get; protected init; }

    /// <summary>
    /// Subresources with handlers of their own (<c>log</c>, <c>exec</c>, <c>binding</c>), for routing, discovery and
    /// OpenAPI.
    /// </summary>
    public ImmutableArray<SubresourceDefinition> Subresources { get; protected init; } = [];

    /// <summary>A finalizer an object gets when its deletion is asked for, for a part of this server; null for none.</summary>
    public string? DeletionFinalizer { get; protected init; }

    /// <summary>Cancelled when the kind is not served as this any more: its watches end.</summary>
    public virtual CancellationToken Retired => CancellationToken.None;

    /// <summary>What clients are warned of with every request; null for nothing.</summary>
    public virtual string? DeprecationWarning => null;

    /// <summary>False when the columns say everything, and no age is added.</summary>
    public virtual bool AddsAge => true;

    /// <summary>The rule for <c>metadata.name</c>.</summary>
    public NameRule NameRule { get; protected init; } = NameRule.DnsSubdomain;

    /// <summary>
    /// True when a deletion answers with the object instead of a Status (pods, services, service accounts).
    /// </summary>
    public bool ReturnsDeletedObject { get; protected init; }

    /// <summary>How long objects live; null for ever. Events: one hour.</summary>
    public TimeSpan? TimeToLive { get; protected init; }

    /// <summary>The model's type.</summary>
    public abstract Type ObjectType { get; }

    /// <summary>Another text whenever the schema is another: clients keep the kind's OpenAPI document until then.</summary>
    public virtual string SchemaVersion => ObjectType.Module.ModuleVersionId.ToString();

    /// <summary>How objects of the kind merge, and which parts of them have owners, in server-side apply.</summary>
    public virtual MergeSchema MergeSchema => field ??= ModelMergeSchema.Of(ObjectType);

    /// <summary>Fields a field selector may name besides <c>metadata.name</c> and <c>metadata.namespace</c>.</summary>
    public abstract ImmutableArray<string> SelectableFields { get; }

    /// <summary>
    /// Columns of <c>kubectl get</c> after NAME. The printer adds <c>Age</c> behind the narrow ones unless it is named
    /// here.
    /// </summary>
    public IReadOnlyList<TableColumn> Columns => _columns;

    /// <summary>The typed form of canonical bytes.</summary>
    public abstract IKubernetesObject<V1ObjectMeta> Decode(ReadOnlySpan<byte> json);

    /// <summary>Canonical bytes of a typed object of this kind.</summary>
    public abstract byte[] Encode(IKubernetesObject<V1ObjectMeta> item);

    /// <summary>An object of a body a client sent: strict where clients ask for it.</summary>
    /// <exception cref="ApiException">BadRequest: it is not one.</exception>
    public virtual DecodedObject DecodeBody(ReadOnlySpan<byte> json, FieldValidation validation)
        => StrictDecoder.DecodeModel(this, json, validation);

    /// <summary>
    /// What is wrong with a body: values of other types than the fields have, and fields that are unknown or given twice.
    /// </summary>
    public virtual BodyFindings CheckBody(ReadOnlySpan<byte> json) => BodyWalker.Walk(json, JsonShape.Of(ObjectType));

    /// <summary>The stored object as this version of the kind shows it; the same object where there is one version only.</summary>
    /// <exception cref="ApiException">It could not be converted.</exception>
    public virtual ValueTask<StoredObject> PresentAsync(StoredObject stored, CancellationToken cancellationToken) => new(stored);

    /// <summary>As the other overload, for many at once.</summary>
    /// <exception cref="ApiException">They could not be converted.</exception>
    public virtual ValueTask<IReadOnlyList<StoredObject>> PresentAsync(
        IReadOnlyList<StoredObject> stored, CancellationToken cancellationToken) => new(stored);

    /// <summary>True when every object is shown as the bytes that are stored.</summary>
    public virtual bool ShowsWhatIsStored => true;

    /// <summary>What the store is to keep of an object.</summary>
    /// <exception cref="ApiException">It could not be converted.</exception>
    public virtual ValueTask<ObjectDraft> DraftAsync(IKubernetesObject<V1ObjectMeta> item, CancellationToken cancellationToken)
        => new(CanonicalJson.Draft(this, item));

    /// <summary>
    /// The value of a selectable field, or empty. Only called with names of <see cref="SelectableFields"/>.
    /// </summary>
    public abstract string FieldValue(IKubernetesObject<V1ObjectMeta> item, string field);

    /// <summary>
    /// Fills in what the user left out, as Kubernetes does. Called on create and update, before validation.
    /// </summary>
    public abstract void ApplyDefaults(IKubernetesObject<V1ObjectMeta> item);

    /// <summary>What the server decides on create: initial status, allocated values come from admission.</summary>
    public abstract void PrepareForCreate(IKubernetesObject<V1ObjectMeta> item);

    /// <summary>What an update of the object may not touch is copied back from the old one.</summary>
    public abstract void PrepareForUpdate(IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old);

    /// <summary>What an update of the status may not touch is copied back from the old one.</summary>
    public abstract void PrepareForStatusUpdate(
        IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old);

    /// <summary>Every problem of the object by itself (metadata is validated generically).</summary>
    public abstract void Validate(IKubernetesObject<V1ObjectMeta> item, FieldErrors errors);

    /// <summary>Every problem of a new object.</summary>
    public virtual void ValidateCreate(IKubernetesObject<V1ObjectMeta> item, FieldErrors errors) => Validate(item, errors);

    /// <summary>Every problem of a changed object.</summary>
    public virtual void ValidateChange(
        IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old, FieldErrors errors)
    {
        Validate(item, errors);
        ValidateUpdate(item, old, errors);
    }

    /// <summary>Every problem of a change of the status.</summary>
    public virtual void ValidateStatusUpdate(
        IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old, FieldErrors errors)
        => ValidateUpdate(item, old, errors);

    /// <summary>Every problem of the change: immutable fields.</summary>
    public abstract void ValidateUpdate(
        IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old, FieldErrors errors);

    /// <summary>
    /// The grace period a deletion gets when the kind is deleted gracefully (pods on a node): seconds, 0 deletes at
    /// once.
    /// </summary>
    public abstract long DeletionGraceSeconds(IKubernetesObject<V1ObjectMeta> item, long? asked);

    /// <summary>
    /// True while something in the object itself forbids to remove it although deletion was asked for (a namespace that
    /// is not empty yet). <c>metadata.finalizers</c> and grace periods are seen to generically.
    /// </summary>
    public virtual bool HoldsDeletion(IKubernetesObject<V1ObjectMeta> item) => false;

    /// <summary>What changes in the object when its deletion is asked for and it stays for a while.</summary>
    public virtual void PrepareForDeletion(IKubernetesObject<V1ObjectMeta> item)
    {
    }

    /// <summary>The view of a stored object of this kind, the same for all callers.</summary>
    public virtual ObjectView View(StoredObject stored) => stored.View(_makeView ??= one => new ObjectView(one, this));

    private protected void AddColumn(TableColumn column) => _columns.Add(column);
}

/// <summary>
/// One column of the server-side table; <see cref="Value"/> gets the typed object and the present time.
/// </summary>
/// <param name="Name">The header: <c>Ready</c>.</param>
/// <param name="Type">OpenAPI type: <c>string</c>, <c>integer</c>.</param>
/// <param name="Wide">Shown only with <c>-o wide</c>.</param>
/// <param name="Value">A string or number; null prints <c>&lt;none&gt;</c>, <see cref="DBNull"/> nothing.</param>
internal sealed record TableColumn(
    string Name, string Type, bool Wide, Func<IKubernetesObject<V1ObjectMeta>, DateTimeOffset, object?> Value);

/// <summary>How the scale subresource sees the object.</summary>
internal sealed record ScaleMapping(
    Func<IKubernetesObject<V1ObjectMeta>, int> SpecReplicas,
    Action<IKubernetesObject<V1ObjectMeta>, int> SetSpecReplicas,
    Func<IKubernetesObject<V1ObjectMeta>, int> StatusReplicas,
    Func<IKubernetesObject<V1ObjectMeta>, string> Selector);

/// <summary>A subresource with a handler of its own, as discovery shows it.</summary>
internal sealed record SubresourceDefinition(string Name, Gvk Kind, ImmutableArray<string> Verbs)
{
    /// <summary><c>proxy</c>: whatever method the other side knows.</summary>
    public static SubresourceDefinition Proxy(string optionsKind)
        => new("proxy", new Gvk("", "v1", optionsKind), ["create", "delete", "get", "patch", "update"]);
}

/// <summary>Which names a kind allows.</summary>
internal enum NameRule
{
    /// <summary>RFC 1123 subdomain: up to 253 characters.</summary>
    DnsSubdomain,

    /// <summary>RFC 1123 label: up to 63 characters.</summary>
    DnsLabel,

    /// <summary>RFC 1035 label: starts with a letter (services).</summary>
    Dns1035Label,

    /// <summary>Anything that can be one segment of a URL path (RBAC names).</summary>
    PathSegment,
}
