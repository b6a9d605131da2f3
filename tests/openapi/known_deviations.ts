/**
 * Known deviations of the real API or of its clients from the document, and who has seen them or which part of the
 * document contradicts it. The emulator behaves
 * like the API and accepts what these clients send. A deviation in this list need not occur.
 */
export const KNOWN_DEVIATIONS: Readonly<Record<string, string>> = {
  "list-zones answer: /zones/*/id is not declared": "recordings of the real API in the tests of the emulator feint",
  "get-operation answer: /resource is not declared": "the operations of the two below, asked for again",
  "list-instance-pools answer: /instance-pools/*/size must be > 0": "scale-instance-pool lets a pool shrink to 0",
  "get-instance-pool answer: /size must be > 0": "scale-instance-pool lets a pool shrink to 0",
  "list-security-groups answer: /security-groups/*/visibility is not declared":
    "recorded in ch-gva-2 on 2026-08-21 (feint, exo-cli.jsonl)",
  "get-security-group answer: /visibility is not declared": "recorded in ch-gva-2 on 2026-08-21 (feint, exo-cli.jsonl)",
  "start-instance request: body is missing": "Exoscale's own Python client sends none when there is nothing to say",
  "start-instance answer: /resource is not declared": "recorded in ch-gva-2 on 2026-08-10 (feint, lifecycle.go)",
  "stop-instance answer: /resource is not declared": "recorded in ch-gva-2 on 2026-08-10 (feint, lifecycle.go)",
};
