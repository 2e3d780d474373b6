# syntax=docker/dockerfile:1
# One image for every process of Gantry; the command says which. Runs as a user without rights on a read-only root.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build
# The one package that is not in the bundle, as it brings a compiled part: the store of `gantry standalone`.
RUN npm install --prefix /store --ignore-scripts --no-audit --no-fund \
      "lmdb@$(node -p "require('./package.json').dependencies.lmdb")"

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="gantry" \
      org.opencontainers.image.description="Promotes immutable artifacts through GitOps environments" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build --chown=root:root /src/dist /app
COPY --from=build --chown=root:root /store/node_modules /app/node_modules
COPY --from=build --chown=root:root /src/package.json /src/LICENSE /app/
COPY --from=build --chown=root:root /src/examples /examples
USER 65532:65532
ENV NODE_ENV=production \
    NODE_OPTIONS=--enable-source-maps
EXPOSE 8080 9443
ENTRYPOINT ["node", "/app/gantry.js"]
CMD ["controller"]
