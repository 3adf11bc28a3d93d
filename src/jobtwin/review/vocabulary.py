"""What people call the same thing: a table of software engineering and machine learning vocabulary.

General on purpose. A phrase of a requirement adds terms that code uses for it, at a lower weight.
"""

_STOP = """
a an and any are as at be been being but by can could did do does doing done for from had has have
having how however if in into is it its itself may might must no nor not of on one only or other our
out over own per same shall should so some such than that the their them then there these they this
those through to too under until up upon used uses using use very via was way we were what when
where whether which while who whom whose why will with within without would you your also both each
either every following follows given i.e e.g etc described section appendix figure table code
implemented implement implements implementation appropriate appropriately correct correctly properly
least exists exist named says said shows shown something thing things well they repository outlined
different possible ensure ensures able allow allows make makes made include includes including
included self return def true false none import
"""
STOP = frozenset(_STOP.split())

_TABLE = """
learning rate: lr learning_rate step_size
batch size: batch_size bs minibatch mini_batch
minibatch: batch_size batch
epochs: epoch n_epochs num_epochs max_epochs
iterations: iters n_iters num_steps max_iter steps
training iterations: epochs num_steps max_steps
random seed: seed manual_seed random_state set_seed
seeds: seed seed_everything
hidden layers: hidden num_layers n_layers hidden_dim hidden_size layers
hidden layer: hidden_dim hidden_size
width: hidden_dim num_neurons units hidden_size
activation function: relu tanh gelu sigmoid activation act
optimizer: adam sgd optim adamw lbfgs rmsprop
weight decay: weight_decay l2
gradient clipping: clip_grad_norm clip grad_norm
gradient: grad backward autograd
loss function: loss criterion objective
loss: criterion objective
cross entropy: cross_entropy nll ce_loss
mean squared error: mse mse_loss
root mean square: rms rmsnorm
signal-to-noise: psnr snr
shared weights: tie tied tying
share weights: tie tied tying
mean absolute error: mae l1_loss
root mean squared: rmse
relative error: l2_rel rel_error l2re
standard deviation: std stddev
average: mean avg
maximum: max
minimum: min
number of: num n count
probability: prob p
temperature: temp
initialize: init reset_parameters xavier kaiming
initialization: init
initial: init x0
xavier: glorot
parameters: params args kwargs
hyperparameters: params config args argparse hparams
hyperparameter: params config hparams
configuration: config cfg settings yaml conf
command line: argparse click argv cli add_argument typer
argument: arg argparse flag
train: fit train_step training
trained: train fit
training: train fit trainer
training loop: train fit for epoch step
evaluate: eval test validate
evaluation: eval test metrics evaluate
validation: val valid dev eval
test set: test eval holdout
dataset: data dataloader load_dataset loader
data loading: dataloader loader dataset
split: train_test_split fold
sampled: sample sampler randint choice uniform
sampling: sample sampler generate multinomial
shuffle: permutation randperm
normalize: norm mean std standardize
augmentation: transforms augment flip crop
preprocessing: preprocess transform clean tokenize
tokenizer: tokenize encode bpe vocab
attention: attn qkv multihead softmax heads
attention heads: n_head num_heads attn
embedding: emb embed wte
positional: pos wpe position
transformer: block encoder decoder attn gpt bert
layer normalization: layernorm ln norm
batch normalization: batchnorm bn
dropout: drop p
convolution: conv conv2d cnn
recurrent: rnn lstm gru hidden
neural network: nn module net model mlp
multilayer perceptron: mlp linear dense
mlp: linear dense layers
linear layer: linear fc dense
residual: skip resnet shortcut
checkpoint: ckpt state_dict save load
save: dump write torch_save checkpoint
load: read from_pretrained restore
pretrained: from_pretrained pretrain checkpoint
fine tuning: finetune finetuning lora
fine-tuning: finetune finetuning lora
scheduler: schedule lr_scheduler warmup cosine decay
warmup: warmup_steps scheduler
exponential moving average: ema
early stopping: patience early_stop
mixed precision: amp autocast bfloat16 fp16
distributed: ddp world_size rank nccl
gpu: cuda device
log: logger logging wandb tensorboard print
logging: logger log wandb tensorboard
plot: plt matplotlib figure savefig
figure: plot plt savefig
visualize: plot plt render
results: metrics output csv
metric: accuracy score f1 auc
accuracy: acc correct argmax
reinforcement learning: rl ppo env agent policy
environment: env gym make reset step
agent: policy actor
policy: actor pi agent act
policy network: actor pi policy
value function: critic value vf
value network: critic vf value
discount factor: gamma discount
advantage: gae adv returns
reward: rewards return r
episode: done rollout trajectory
trajectory: rollout episode buffer
replay buffer: buffer memory replay
exploration: epsilon noise rnd bonus entropy
entropy: ent_coef entropy_loss
clip: clip_range clamp cliprange
imitation: bc expert demonstration
simulator: env mujoco gym
mujoco: hopper walker2d halfcheetah reacher ant
partial differential: pde residual laplacian
pde: residual boundary
boundary condition: bc boundary
initial condition: ic initial
diffusion: ddpm noise denoise unet timestep
variational: vae kl elbo mu logvar
kl divergence: kl kl_div
adversarial: attack perturb pgd fgsm jailbreak
perturbation: perturb epsilon delta noise
mask: masking masked
noise: randn gaussian normal sigma
gaussian: normal randn
uniform: rand uniform_
bernoulli: binomial
matrix: mat matmul linalg
eigenvalue: eig eigh spectrum hessian
eigenvalues: eig eigh spectrum
hessian: hvp spectral density
preconditioned: preconditioner nystrom
nystrom: nystrom sketch precond
conjugate gradient: cg pcg
line search: armijo wolfe strong_wolfe
quasi-newton: lbfgs bfgs
k-means: kmeans cluster
clustering: cluster kmeans
nearest neighbor: knn faiss
principal component: pca svd
cross-validation: kfold cv fold
baseline: baselines compare
ablation: ablate
grid search: sweep grid param_grid
sweep: grid wandb search
bootstrap: resample
confidence interval: ci stderr
large language model: llm gpt openai model
language model: lm llm gpt
prompt: prompt_template messages system_prompt template
completion: chat completions generate
retrieval: retriever search rag embedding
vector store: faiss chroma pgvector qdrant
inference: predict generate eval
prediction: predict pred logits
output: out pred result
input: inp x inputs
function: def func fn
equation: formula
authentication: auth login token jwt session
authenticate: auth login token
authorization: permission role scope forbidden
authorized: permission forbidden unauthorized
password: passwd hash bcrypt argon2
rate limit: throttle limiter slowapi ratelimit
limits: limit max throttle quota
continuous integration: ci workflows github actions pytest
ci: workflow workflows actions gitlab
container: docker dockerfile containerfile image compose
deploy: deployment k8s helm fly render compose
deployable: docker deploy compose
kubernetes: k8s helm manifest
observability: logging metrics tracing prometheus opentelemetry
metrics: prometheus counter histogram gauge
tracing: opentelemetry span trace
monitoring: metrics alert prometheus grafana
alert: pagerduty alertmanager
health check: health healthz ready livez ping
health: healthz livez readyz
runbook: operations rollback incident oncall
rollback: revert previous restore
incident: outage runbook
threat model: threats stride attacker assets mitigation trust
threat: attacker risk abuse stride
mitigation: mitigate prevent sanitize block
risk: threat residual accept
vulnerability: cve audit
prompt injection: injection jailbreak untrusted sanitize
untrusted: sanitize escape validate
secret: token api_key env password redact
api key: api_key token secret authorization
encryption: encrypt cipher aes tls
validate: validator schema pydantic check
validation of input: validator schema pydantic max_length
schema: model pydantic jsonschema basemodel
retry: retries backoff tenacity attempts
timeout: time_limit deadline wait_for
failure: error exception fallback fail
fallback: default except degrade
slow: latency timeout
latency: p95 ms duration seconds time
cost: tokens price usd budget
cache: lru_cache redis memoize cached
queue: worker celery job task
background: worker task celery
database: db sql postgres sqlite session
migration: alembic migrate schema
query: sql select filter
endpoint: route router get post api
route: router endpoint url path
request: req http client
response: resp reply
user: audience customer persona users
who the user: audience persona customer users
gains: benefit value saves instead
value: benefit saves why
scope: goals non-goals limitations
leave out: non-goals limitations
trade-off: tradeoffs alternatives decision instead chose rejected
trade-offs: tradeoffs alternatives decision instead chose rejected
given up: rejected alternative cost
constraint: budget latency limit requirement
constraints: budget latency limit requirements
architecture: design components diagram overview
differently: would next improve regret instead two weeks
two more weeks: next would another weeks
weakness: limitation gap missing known issue
learned: lesson surprised mistake
reflection: retrospective lessons
success: measure target metric goal
domain: cases dataset golden
eval cases: cases jsonl golden dataset
results: report score table
test: pytest assert unittest
tests: pytest assert test_
mock: fake stub monkeypatch
lint: ruff flake8 eslint
type check: mypy pyright
dependencies: requirements pyproject lock
install: pip requirements setup
cite: citation citations cited reference source
cites: citation citations cited reference source
citation: cite cited reference source
measure: metric score evaluate
measures: metric score evaluate
grade: score judge rating metric evaluate
graded: score judge rating metric evaluate
judge: score grade evaluator rating
explanation: reasoning rationale explain
evals: evaluate evaluation eval metric cases
answer: response output completion reply
question: query prompt input
reference answer: ground_truth expected golden truth
ground truth: expected golden truth reference
conversation: messages history chat session thread
history: messages conversation memory
turns: messages history
dropped: trim truncate remove prune
shortened: trim truncate
truncate: trim max_tokens cut
token budget: max_tokens trim token_counter limit
tokens: max_tokens token_counter tiktoken num_tokens
summarise: summary summarize summarization
summarize: summary summarization
chunk: chunks chunking splitter text_splitter chunk_size overlap
chunks: chunk chunking splitter text_splitter
documents: document docs loader ingest
ingest: ingestion loader load index upsert
indexed: index upsert ingest add_documents
vector: embedding embeddings
similarity: cosine distance knn nearest
nearest: knn hnsw cosine distance similarity
hybrid: fusion rrf rerank bm25 fulltext
ranking: rank rerank score order_by
merged: merge combine fusion union
rewrite: rewriter rewritten reformulate condense
stream: streaming sse yield astream generator
streamed: streaming sse yield astream generator
tool: tools function_call tool_call bind_tools
tools: tool function_call tool_call bind_tools
agent: actor graph node workflow tool
graph: node edge workflow stategraph
memory: checkpointer store history
moderation: content_filter moderate flagged safety
refuse: reject refusal deny block guardrail
refused: reject refusal deny block guardrail
guardrail: guard moderation filter safety
harmful: toxic unsafe hate violence moderation
sanitise: sanitize escape strip clean
escape: sanitize html quote
personal data: pii anonymize redact mask
redact: mask anonymize scrub pii
wrong input: validation_error invalid requestvalidationerror
invalid: validation error raise valueerror
error message: exception handler detail errors
shape: format schema model
upper case: uppercase isupper A-Z
sign in: login authenticate token
signing in: login authenticate token
signing up: register signup create_user
sign up: register signup create_user
quota: limit limiter rate throttle
quotas: limit limiter rate throttle
backup: fallback secondary alternate
last try: attempt retry max_retries
tries: attempt retry retries
try again: retry retries backoff attempt
unreachable: down unavailable error 503 connection
unavailable: 503 down fallback degraded
expires: expire expiry exp ttl timedelta
expire: expiry exp ttl timedelta
environment variable: environ getenv env settings
environment variables: environ getenv env settings
settings: config settings env
secrets: secret token api_key env password required
traces: trace span tracing opentelemetry instrument instrumentor
instrumented: instrument instrumentor opentelemetry
monitored: monitoring metrics telemetry
telemetry: opentelemetry tracing metrics instrument
load test: locust k6 benchmark
load: locust users requests
simulated: simulate fake mock
migrations: alembic migrate schema revision
connection pool: pool pool_size engine max_overflow
pool: pool_size engine max_overflow
transaction: commit rollback atomic begin
concurrency: semaphore asyncio gather workers
parallel: gather workers threads concurrent
scheduled: cron schedule scheduler celery beat
upload: file multipart uploadfile
download: fetch request stream
notify: notification email webhook
webhook: callback hook post
permissions: permission role scope forbidden
role: permission admin scope
cross-origin: cors allow_origins
signature: hmac verify sign digest
signed: jwt hmac sign encode
version: __version__ revision tag
reproducible: seed deterministic lock
license: licence mit apache
demo: video link try live
"""


def _parsed() -> dict[tuple[str, ...], tuple[str, ...]]:
    rows: dict[tuple[str, ...], tuple[str, ...]] = {}
    for row in _TABLE.strip().splitlines():
        phrase, _, words = row.partition(":")
        key = tuple(phrase.lower().replace("-", " ").split())
        rows[key] = tuple(dict.fromkeys((*rows.get(key, ()), *words.split())))
    return rows


EXPANSIONS = _parsed()
LONGEST_PHRASE = max(len(key) for key in EXPANSIONS)
